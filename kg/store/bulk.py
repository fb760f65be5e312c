"""One bulk load that goes on while there is something to load: lines go to Oxigraph through a pipe.

A call of its bulk loader sorts what it reads in runs of a million statements and takes the runs in together,
at its end.  Every call, however little it loads, makes files that overlap all others, and RocksDB then merges
them with what is there: with a call every 250 articles that cost more CPU than the loading itself (7.8 s of
15 at 6,000 articles), and more the larger the store.  One call leaves one merge, when it ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
import time
from collections.abc import Callable

from kg.errors import StoreError

_PIPE = 1 << 20  # bytes; the most that Linux gives to everybody
_NO_STATEMENT = b"\n!\n"


class BulkLoad:
    """A bulk load on its way: `write` to it, then `finish` or `abandon`.

    `load` is told a path to read from, until its end, and runs in a thread of its own.  What it raises,
    whoever writes or finishes gets.  ``seconds`` is the CPU time of that thread: parsing, without the sorting
    that Oxigraph does in others.
    """

    def __init__(self, load: Callable[[str], None]) -> None:
        self._load = load
        self._source, self._target = os.pipe()
        if hasattr(fcntl, "F_SETPIPE_SZ"):
            with contextlib.suppress(OSError):  # else it is as wide as pipes are
                fcntl.fcntl(self._target, fcntl.F_SETPIPE_SZ, _PIPE)
        self._open = True
        self._error: Exception | None = None
        self.seconds = 0.0
        self._thread = threading.Thread(target=self._run, name="bulk-load", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        started = time.thread_time()
        try:
            self._load(f"/dev/fd/{self._source}")
        except Exception as e:  # noqa: BLE001  raised again in the thread that writes or finishes
            self._error = e
        finally:
            self.seconds = time.thread_time() - started
            os.close(self._source)  # whoever writes now is told

    def write(self, ntriples: bytes) -> None:
        """Append triples; waits while the store is behind.  One thread at a time."""
        left = memoryview(ntriples)
        try:
            while left:
                left = left[os.write(self._target, left) :]
        except BrokenPipeError:
            self._end()
            raise StoreError("the store has stopped loading before its end", remedy="report it") from None

    def finish(self) -> None:
        """Wait until everything is in the store."""
        self._end()

    def abandon(self) -> None:
        """Give it up: nothing of what was written comes into the store."""
        if self._open:
            with contextlib.suppress(BrokenPipeError):
                os.write(self._target, _NO_STATEMENT)
        with contextlib.suppress(Exception):
            self._end()

    def __enter__(self) -> BulkLoad:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if error is None:
            self.finish()
        else:
            self.abandon()

    def _end(self) -> None:
        if self._open:
            self._open = False
            os.close(self._target)
        self._thread.join()
        if self._error is not None:
            raise self._error
