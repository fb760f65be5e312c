"""How far the loading of files is, on standard error; silent where it takes no time."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from types import TracebackType
from typing import TextIO

_QUIET = 2.0  # seconds without a word
_OFTEN, _SELDOM = 0.2, 10.0  # seconds between two words on a terminal, and elsewhere


class Loading:
    """Called with a file and what part of it was read; use it as a context manager.

    One line that is written over on a terminal, a line now and then elsewhere.  It needs no thread, so that
    whoever shows it may still fork.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._terminal = self._stream.isatty()
        self._began = time.monotonic()
        self._next = self._began + _QUIET
        self._shown = False

    def __enter__(self) -> Loading:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown and self._terminal:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def __call__(self, file: Path, part: float) -> None:
        """`part` of the bytes of `file`, between 0 and 1, was loaded."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + (_OFTEN if self._terminal else _SELDOM)
        line = f"loading {file.name}: {min(part, 1):.0%} after {now - self._began:.0f} s"
        self._stream.write(f"\r\x1b[K{line}" if self._terminal else f"{line}\n")
        self._stream.flush()
        self._shown = True
