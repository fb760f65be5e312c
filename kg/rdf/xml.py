"""What a serialiser of XML owes its readers: the engine's writes literals as they are.

XML 1.0 has no way to write most control characters, U+FFFE and U+FFFF, not even as references (section
2.2), and parsers take a carriage return for a line feed unless it is a reference (2.11).  RDF has all of
them.
"""

from __future__ import annotations

import re
from typing import IO

from kg.errors import StoreError

_UNWRITABLE = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
# A look at each byte costs an expression ten times as much as these two steps, which most data stops at.
_CONTROLS = bytes(_UNWRITABLE.match(bytes([byte])) is not None for byte in range(256))
_BINDING = re.compile(rb'<binding name="([^"]*)"')
_AROUND = 30  # characters


class NotXml(StoreError):
    """A literal that XML cannot write."""


def well_formed(data: bytes) -> bytes:
    r"""Some XML of the engine's, as parsers read what was meant; `NotXml` where none could.

    A piece must not end inside a character.

    >>> well_formed(b"<literal>a\r\n</literal>")
    b'<literal>a&#13;\n</literal>'
    >>> well_formed(b'<binding name="o"><literal>a\x01b</literal>')
    Traceback (most recent call last):
    kg.rdf.xml.NotXml: XML cannot write the character U+0001 in the value of ?o: "a\u0001b"
    """
    suspect = b"\x01" in data.translate(_CONTROLS) or b"\xef\xbf" in data
    if suspect and (found := _UNWRITABLE.search(data)) is not None:
        raise NotXml(_told(data, found))
    return data.replace(b"\r", b"&#13;") if b"\r" in data else data


def _told(data: bytes, found: re.Match[bytes]) -> str:
    """Which character stands where."""
    before, after = data[: found.start()], data[found.end() :]
    bindings = _BINDING.findall(before)
    where = f" in the value of ?{bindings[-1].decode()}" if bindings else ""
    start = before[before.rfind(b">") + 1 :].decode("utf-8", "ignore")
    end = after.partition(b"<")[0].decode("utf-8", "ignore")
    character = found[0].decode()
    text = start[-_AROUND:] + character + end[:_AROUND]
    shown = "".join(c if c.isprintable() else f"\\u{ord(c):04X}" for c in text)
    return f'XML cannot write the character U+{ord(character):04X}{where}: "{shown}"'


class XmlFile:
    """A file that the engine writes XML to: `out` gets it well-formed, or `NotXml` is raised."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out

    def write(self, data: bytes) -> int:
        """Pass some on."""
        self._out.write(well_formed(data))
        return len(data)

    def flush(self) -> None:
        """As the file does."""
        self._out.flush()
