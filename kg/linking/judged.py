"""The items that people named and the authority does not know: so much of them as the judgements tell."""

from __future__ import annotations

from typing import Protocol

from kg.linking.judgements import Decision, Judgements
from kg.model import Item
from kg.text import is_cjk


class Known(Protocol):
    """Where items are looked up first (`kg.authority.Authority`)."""

    @property
    def date(self) -> str:
        """ISO date."""
        ...

    @property
    def version(self) -> str:
        """Hash of the content."""
        ...

    def item(self, id: str) -> Item | None:
        """The item, or None."""
        ...


class JudgedItems:
    """An authority, and behind it a bare item for each that a judgement links to and it does not have.

    A bare item has the kind and the names of the judgements on it, so that no link in the graph leads to a
    node that nothing is said of.  It counts as verified: a person said which item it is.
    """

    def __init__(self, authority: Known, judgements: Judgements) -> None:
        self._authority = authority
        self._bare: dict[str, Item] = {}
        named: dict[str, list[str]] = {}
        kinds: dict[str, str] = {}
        for said in judgements.all:
            if said.item and said.decision is not Decision.REJECT and authority.item(said.item) is None:
                named.setdefault(said.item, []).append(said.surface)
                kinds.setdefault(said.item, said.kind.value)
        for id, names in named.items():
            pairs = tuple(dict.fromkeys(("zh" if any(map(is_cjk, name)) else "en", name) for name in names))
            labels = {lang: (lang, name) for lang, name in reversed(pairs)}
            first = tuple(labels[lang] for lang in ("zh", "en") if lang in labels)
            self._bare[id] = Item(
                id, kinds[id], "", first, tuple(p for p in pairs if p not in first), prior=0.01
            )

    @property
    def date(self) -> str:
        """That of the authority."""
        return self._authority.date

    @property
    def version(self) -> str:
        """That of the authority: judgements have a fingerprint of their own."""
        return self._authority.version

    def item(self, id: str) -> Item | None:
        """The authority's item, else the bare one, else None."""
        return self._authority.item(id) or self._bare.get(id)
