"""SQLite connections to files that are only read: one for each thread of each process."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable


class Connections:
    """Connections that `connect` makes, each when a thread first asks for it.

    A connection must not be carried through fork, and two threads on one are given each other's rows from
    Python 3.12 on: statements are kept with the connection, and one that is about to run counts as free.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._local = threading.local()

    def here(self) -> sqlite3.Connection:
        """The connection of this thread in this process."""
        if getattr(self._local, "pid", None) != os.getpid():
            self._local.db, self._local.pid = self._connect(), os.getpid()
        return self._local.db  # type: ignore[no-any-return]

    def close(self) -> None:
        """Close this thread's connection, if it has one."""
        if getattr(self._local, "pid", None) == os.getpid():
            self._local.db.close()
            self._local.pid = None
