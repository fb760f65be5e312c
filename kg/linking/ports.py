"""What the linker needs of an authority; `kg.authority.Authority` is one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from kg.model import Item, Lang, NameHit


class CandidateSource(Protocol):
    """A read-only view of an authority: the linker cannot write to it."""

    @property
    def date(self) -> str:
        """ISO date of the authority; every link records it."""
        ...

    def item(self, id: str) -> Item | None:
        """The item, or None where the authority does not have it."""
        ...

    def lookup(self, surface: str, lang: Lang | None = None) -> Sequence[NameHit]:
        """The items that `surface` may name, best first."""
        ...

    def items(self) -> Iterable[Item]:
        """All items."""
        ...
