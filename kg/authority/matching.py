"""Which names the dictionary matcher looks for: those that a text may be trusted to mean.

What is left out is still found by a lookup.  A hamlet that the text calls a village (…村), or that stands
where places stand, is found by its shape and linked all the same; looked for blindly, the hamlets of the
world are found in the names of persons and in common words.
"""

from __future__ import annotations

from kg.authority.aliases import is_chinese
from kg.authority.stoplist import is_stopped
from kg.model import Item

_OBSCURE = 0.03  # an item less renowned is not looked for
_SURNAME = 0.35  # a place less renowned is not looked for by what is a family name
_SHORT = 0.3  # in Latin letters: a short word means a thing less renowned by accident
_FEW_LETTERS = 4


def surname(item: Item, text: str) -> str | None:
    """The family name in a person's name that a text uses alone: the last word; None in East Asian names.

    >>> ruskin = Item("Q1", "person", "leader", ())
    >>> surname(ruskin, "迪安·腊斯克"), surname(ruskin, "Dean Rusk"), surname(ruskin, "毛泽东")
    ('腊斯克', 'Rusk', None)
    """
    if item.kind != "person":
        return None
    head, _, last = text.rpartition("·" if is_chinese(text) else " ")
    return last if head and len(last) > 1 else None


def is_sought(text: str, key: str, kind: str, *, renown: float, prior: float, is_surname: bool) -> bool:
    """Whether the matcher should look for a name.

    `renown` is the prior of the weightiest item that bears it, `prior` that of the name itself.

    >>> is_sought("腊斯克", "腊斯克", "place", renown=0.1, prior=0.1, is_surname=True)
    False
    >>> is_sought("华盛顿", "华盛顿", "place", renown=0.7, prior=0.7, is_surname=True)
    True
    """
    if is_stopped(text, key, kind):
        return False
    if kind == "measure":
        return True
    if kind == "place" and (renown < _OBSCURE or (is_surname and prior < _SURNAME)):
        return False
    short = not is_chinese(text) and " " not in text and len(key) <= _FEW_LETTERS
    return not short or kind not in {"place", "unit"} or prior >= _SHORT or (text.isupper() and len(text) > 2)
