"""What an item is, by its classes at Wikidata (P31): our kind, subkind and a first prior."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.authority.kinds import SUBKINDS
from kg.errors import AuthorityError


@dataclass(frozen=True, slots=True)
class ClassKind:
    """What being of a class says; the class with the highest prior decides."""

    kind: str
    subkind: str
    prior: float


def read_classes(path: Path) -> dict[str, ClassKind]:
    """A table of classes (``class kind subkind prior``, more is ignored); AuthorityError on a slip."""
    found: dict[str, ClassKind] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if number == 1 or not line or line.startswith("#"):
            continue
        try:
            qid, kind, subkind, prior, *_ = line.split("\t")
            if subkind not in SUBKINDS[kind] or not 0 <= float(prior) <= 1 or qid in found:
                raise ValueError(line)
            found[qid] = ClassKind(kind, subkind, float(prior))
        except (ValueError, KeyError) as e:
            raise AuthorityError(
                f"{path.name}:{number}: {line!r} is no class row",
                remedy="write class, kind, subkind and prior in [0, 1], once a class",
            ) from e
    return found


@functools.cache
def known_classes() -> Mapping[str, ClassKind]:
    """The classes that come with the program."""
    return read_classes(Path(__file__).with_name("classes.tsv"))


def classify(p31: Iterable[str], classes: Mapping[str, ClassKind] | None = None) -> ClassKind | None:
    """The kind that the classes of an item tell, or None where none of them is known.

    >>> classify(["Q515", "Q5119"])
    ClassKind(kind='place', subkind='city', prior=0.8)
    """
    table = known_classes() if classes is None else classes
    told = [table[c] for c in p31 if c in table]
    return max(told, key=lambda k: k.prior) if told else None
