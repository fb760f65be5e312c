"""What the loop waits with: `selectors`, without what each of its calls costs beside the system's own."""

from __future__ import annotations

import select
from collections.abc import Callable
from typing import Any, Protocol

READ = select.EPOLLIN
WRITE = select.EPOLLOUT
Told = Callable[[Any], None]


class Open(Protocol):
    """A socket, or what else has a number."""

    def fileno(self) -> int:
        """The number."""
        ...


class Poller:
    """Calls back for files that are ready."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._told: dict[int, tuple[Told, Any]] = {}

    def register(self, file: Open | int, events: int, told: Told) -> None:
        """Call `told` with `file` as often as it is ready."""
        number = file if isinstance(file, int) else file.fileno()
        self._epoll.register(number, events)
        self._told[number] = (told, file)

    def unregister(self, file: Open) -> None:
        """Call no more for `file`, which is still open; KeyError where it was not registered."""
        number = file.fileno()
        del self._told[number]
        self._epoll.unregister(number)

    def select(self, seconds: float) -> list[tuple[Told, Any]]:
        """Whom to call with what: at once, or within some seconds."""
        return [self._told[number] for number, _ in self._epoll.poll(seconds, 256)]

    def close(self) -> None:
        """Give it up."""
        self._epoll.close()
