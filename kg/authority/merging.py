"""Two descriptions of one item made one: the senior keeps what it says, the junior fills its gaps."""

from __future__ import annotations

from dataclasses import replace

from kg.model import Item
from kg.text import fold


def merge(senior: Item, junior: Item) -> Item:
    """`senior` with the names it lacks and the fields it leaves empty taken from `junior`.

    Kind, prior and verification stay the senior's.  A name that differs only in case, diacritics or
    traditional characters is not added.

    >>> a = Item("Q1858", "place", "city", (("zh", "河内"),))
    >>> b = Item("Q1858", "place", "town", (("zh", "河內"), ("en", "Hanoi")))
    >>> merge(a, b).labels
    (('zh', '河内'), ('en', 'Hanoi'))
    """
    labels = dict(junior.labels) | dict(senior.labels)
    order = [lang for lang, _ in senior.labels] + [lang for lang, _ in junior.labels]
    located = senior.lat is not None
    same_kind = senior.kind == junior.kind
    return replace(
        senior,
        labels=tuple((lang, labels[lang]) for lang in dict.fromkeys(order)),
        aliases=_names(senior, junior, labels),
        lat=senior.lat if located else junior.lat,
        lon=senior.lon if located else junior.lon,
        country=senior.country or junior.country,
        part_of=senior.part_of or junior.part_of,
        start=senior.start or (junior.start if same_kind and not senior.end else None),
        end=senior.end or (junior.end if same_kind and not senior.start else None),
        p31=senior.p31 or junior.p31,
        echelon=senior.echelon or junior.echelon,
        event_type=senior.event_type or junior.event_type,
        parties=senior.parties or junior.parties,
        places=senior.places or junior.places,
        unit_name=senior.unit_name or junior.unit_name,
        factor=senior.factor if senior.factor is not None else junior.factor,
    )


def _names(senior: Item, junior: Item, labels: dict[str, str]) -> tuple[tuple[str, str], ...]:
    known = {fold(text) for text in labels.values()} | {fold(text) for _, text in senior.aliases}
    added: dict[str, tuple[str, str]] = {}
    for lang, text in (*junior.labels, *junior.aliases):
        if (key := fold(text)) not in known:
            added.setdefault(key, (lang, text))
    return senior.aliases + tuple(added.values())
