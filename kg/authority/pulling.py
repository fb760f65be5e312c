"""Items fetched from Wikidata by id or by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from kg.authority.comparing import names_by_language
from kg.authority.wikidata.client import Wikidata
from kg.authority.wikidata.entities import read_entity
from kg.model import Item
from kg.text import fold


@dataclass(frozen=True, slots=True)
class Pulled:
    """What was fetched, and what was not: merged, deleted, of no kind of ours, or by no name."""

    items: tuple[Item, ...] = ()
    redirects: dict[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    of_no_kind: tuple[str, ...] = ()
    not_found: tuple[str, ...] = ()

    def joined(self, other: Pulled) -> Pulled:
        """Both together, each item once."""
        items = {item.id: item for item in (*other.items, *self.items)}
        return Pulled(
            tuple(items.values()),
            self.redirects | other.redirects,
            self.missing + other.missing,
            self.of_no_kind + other.of_no_kind,
            self.not_found + other.not_found,
        )


def pull_ids(wikidata: Wikidata, ids: Iterable[str]) -> Pulled:
    """The items of `ids`; merged ones under the id they have now."""
    items: dict[str, Item] = {}
    redirects: dict[str, str] = {}
    missing, of_no_kind = [], []
    for fetched in wikidata.entities(ids):
        if fetched.document is None:
            missing.append(fetched.asked)
            continue
        if fetched.redirect:
            redirects[fetched.asked] = fetched.redirect
        item = read_entity(fetched.document, Counter())
        if item is None:
            of_no_kind.append(fetched.asked)
        else:
            items[item.id] = item
    return Pulled(tuple(items.values()), redirects, tuple(missing), tuple(of_no_kind))


def pull_names(wikidata: Wikidata, names: Iterable[str]) -> Pulled:
    """Every item of a kind of ours that bears one of `names` exactly (case and diacritics apart)."""
    result = Pulled()
    for name in names:
        ids = {hit.id: None for lang in ("zh", "en") for hit in wikidata.search(name, lang)}
        found = pull_ids(wikidata, ids)
        bearers = tuple(i for i in found.items if any(fold(name) in g for g in names_by_language(i).values()))
        result = result.joined(Pulled(bearers, not_found=() if bearers else (name,)))
    return result
