"""How far a run is: a port, so that the pipeline knows no terminal."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Is told of stages, one after the other."""

    def stage(self, name: str, total: int | None = None) -> None:
        """A new stage begins; `total` units of work, if that is known."""
        ...

    def advance(self, n: int) -> None:
        """`n` more units are done."""
        ...


class Silent:
    """Shows nothing."""

    def stage(self, name: str, total: int | None = None) -> None:
        """As `Progress.stage`."""

    def advance(self, n: int) -> None:
        """As `Progress.advance`."""
