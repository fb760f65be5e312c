"""Which addresses the requests of SERVICE may go to."""

from __future__ import annotations

import socket

import pytest

from server.outward.addresses import NotPublic, is_public, public_addresses


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1",
     "100.100.100.200", "168.63.129.16", "192.0.0.192", "0.0.0.0", "255.255.255.255", "224.0.0.1",
     "240.0.0.1", "198.18.0.1", "203.0.113.7", "::", "::1", "::7f00:1", "::ffff:127.0.0.1",
     "::ffff:10.0.0.1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
     "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1",
     "2002:7f00:1::", "2002:a00:1::1", "2001:db8::1", "2001:0:7f00:1::", "4000::1"],
)  # fmt: skip
def test_addresses_of_the_house(address):
    assert not is_public(address)
    with pytest.raises(NotPublic):
        public_addresses(address)


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "91.198.174.192", "2606:4700::1111", "2a02:ec80:300:ed1a::1", "::ffff:1.1.1.1",
     "64:ff9b::101:101"],
)  # fmt: skip
def test_addresses_outside(address):
    assert is_public(address)


def test_one_address_inside_is_enough(monkeypatch):
    found = [(None, None, None, "", (address, 0)) for address in ("1.1.1.1", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(NotPublic, match="not public"):
        public_addresses("two.example")
