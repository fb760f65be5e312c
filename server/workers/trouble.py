"""What can become of a query besides an answer."""

from __future__ import annotations

from typing import Any

from kg.errors import StoreError


class Refused(StoreError):
    """The query is wrong; ``document`` is the engine's message, with line and column for syntax."""

    def __init__(self, document: dict[str, Any]) -> None:
        super().__init__(str(document.get("message", "")))
        self.document = document


class Busy(StoreError):
    """No worker is free, or all places for long queries are taken; try again after ``retry_after`` s."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message, remedy=f"try again in {retry_after} s")
        self.retry_after = retry_after

    @classmethod
    def waited(cls) -> Busy:
        """No worker got free in time."""
        return cls("all query workers are busy", 2)


class Ended(StoreError):
    """The query was ended: ``why`` is ``timeout`` or ``client`` (hung up, or too slow a reader)."""

    def __init__(self, message: str, why: str) -> None:
        super().__init__(message)
        self.why = why

    @classmethod
    def by_client(cls) -> Ended:
        """Nobody waits for the answer any more."""
        return cls("the client hung up", "client")


class Died(StoreError):
    """The worker died of the query: out of memory, or the engine crashed."""


Trouble = (Refused, Busy, Ended, Died)
"""All of them, for ``except``."""
