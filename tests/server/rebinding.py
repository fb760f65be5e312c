"""Names whose address changes: a server with `Names.environ` looks names up in a file of ours.

The first time gives the first address, the next the next, the last stays.
`PUBLIC` is an address outside, which is reached at this machine, so that a test needs no other.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

PUBLIC = "1.1.1.1"

_SITECUSTOMIZE = """
import fcntl, json, os, socket

_looked_up = socket.getaddrinfo


def getaddrinfo(host, port, *arguments, **options):
    name = host.decode() if isinstance(host, bytes) else host
    with open(os.environ["TEST_NAMES"], "r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        names = json.load(file)
        if name in names:
            host = names[name]["addresses"][0]
            names[name]["asked"] += 1
            if len(names[name]["addresses"]) > 1:
                del names[name]["addresses"][0]
            file.seek(0)
            json.dump(names, file)
            file.truncate()
    return _looked_up(host, port, *arguments, **options)


class Socket(socket.socket):
    def connect(self, address):
        if isinstance(address, tuple) and address[0] == "PUBLIC":
            address = ("127.0.0.1", *address[1:])
        return super().connect(address)


socket.getaddrinfo, socket.socket = getaddrinfo, Socket
"""


class Names:
    """The file of names."""

    def __init__(self, directory: Path) -> None:
        self._file = directory / "names.json"
        self._file.write_text("{}")
        (directory / "sitecustomize.py").write_text(_SITECUSTOMIZE.replace("PUBLIC", PUBLIC))
        path = os.pathsep.join([str(directory), *filter(None, [os.environ.get("PYTHONPATH")])])
        self.environ = {"PYTHONPATH": path, "TEST_NAMES": str(self._file)}

    def lead(self, name: str, *addresses: str) -> None:
        """From now on a name leads to these addresses, one after another."""
        names = json.loads(self._file.read_text())
        names[name] = {"addresses": addresses, "asked": 0}
        self._file.write_text(json.dumps(names))

    def asked(self, name: str) -> int:
        """How often it was looked up."""
        return int(json.loads(self._file.read_text())[name]["asked"])
