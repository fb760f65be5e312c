"""Which names the dictionary matcher looks for: those that a text may be trusted to mean.

What is left out is still found by a lookup.  A hamlet that the text calls a village (…村), or that stands
where places stand, is found by its shape and linked all the same; looked for blindly, the hamlets of the
world are found in the names of persons and in common words.  Some Chinese names are looked for faintly, with
a prior of 0: they are places only where their neighbours say so (:func:`is_faint`).
"""

from __future__ import annotations

import re

from kg.authority.aliases import is_chinese
from kg.authority.stoplist import is_stopped
from kg.model import Item

_OBSCURE = 0.03  # an item less renowned is not looked for
_COUNTY, _LISTED = 0.1, frozenset(("county", "city", "province", "town"))
_FAINT = 0.05  # and of what is sought faintly
_PERSONAL = 0.35  # a place less renowned is not looked for by what is a person's given or family name
_SHORT, _VERY_SHORT = 0.15, 0.3  # in Latin letters: a short word means a thing less renowned by accident
_FEW_LETTERS, _VERY_FEW = 4, 3
_WHOLE_NAMES = frozenset({"Q148", "Q865", "Q13426199", "Q881", "Q172640", "Q180573", "Q423", "Q884", "Q17"})
_TITLES = re.compile("(?:将军|元帅|[上中少]将|总统|总理|首相|主席|国务卿|外相|大使|参议员|秘书长|国王|夫人)$")


def personal_names(item: Item, text: str) -> tuple[str, ...]:
    """The given and family names in a person's name; none of East Asian names, which are used whole.

    A single Chinese word for a person from elsewhere is the family name, a title after it aside.

    >>> personal_names(Item("Q1", "person", "leader", ()), "迪安·腊斯克")
    ('迪安', '腊斯克')
    >>> personal_names(Item("Q1", "person", "general", (), country="Q30"), "克拉克将军")
    ('克拉克',)
    >>> personal_names(Item("Q1", "person", "leader", (), country="Q148"), "毛泽东")
    ()
    """
    if item.kind != "person":
        return ()
    chinese = is_chinese(text)
    parts = text.split("·" if chinese else " ")
    if len(parts) == 1 and not (chinese and _is_from_elsewhere(item)):
        return ()
    if chinese:
        parts[-1] = _TITLES.sub("", parts[-1])
    return tuple(part for part in parts if len(part) > 1)


def _is_from_elsewhere(item: Item) -> bool:
    """Whether a person is known not to bear an East Asian name."""
    return item.country is not None and item.country not in _WHOLE_NAMES


def is_common(text: str, key: str, kind: str, subkind: str, *, renown: float) -> bool:
    """Whether a common word is a town's name that enumerations of towns may hold: prior -1 in the matcher.

    >>> is_common("和平", "和平", "place", "county", renown=0.12)
    True
    """
    fits = kind == "place" and subkind in _LISTED and renown >= _COUNTY and is_chinese(text)
    return fits and len(key) > 1 and is_stopped(text, key, kind)


def is_faint(text: str, key: str, kind: str, *, renown: float) -> bool:
    """Whether the matcher should propose a name that is not sought, for its neighbours to decide.

    Names of towns that are persons' names too, and labels without the bracket that tells namesakes apart; in
    Latin letters short names, which are places where the original names the same (Pécs).

    >>> is_faint("利蒙", "利蒙", "place", renown=0.1), is_faint("和平", "和平", "place", renown=0.1)
    (True, False)
    >>> is_faint("Pécs", "pecs", "place", renown=0.1), is_faint("Limón", "limon", "place", renown=0.1)
    (True, False)
    """
    if kind != "place" or renown < _FAINT or is_stopped(text, key, kind):
        return False
    return is_chinese(text) or (" " not in text and _VERY_FEW <= len(key) <= _FEW_LETTERS)


def is_sought(text: str, key: str, kind: str, *, renown: float, prior: float, is_personal: bool) -> bool:
    """Whether the matcher should look for a name.

    `renown` is the prior of the weightiest item that bears it, `prior` that of the name itself.

    >>> is_sought("腊斯克", "腊斯克", "place", renown=0.1, prior=0.1, is_personal=True)
    False
    >>> is_sought("华盛顿", "华盛顿", "place", renown=0.7, prior=0.7, is_personal=True)
    True
    """
    if is_stopped(text, key, kind):
        return False
    if kind == "measure":
        return True
    if kind == "place" and (renown < _OBSCURE or (is_personal and prior < _PERSONAL)):
        return False
    short = not is_chinese(text) and " " not in text and len(key) <= _FEW_LETTERS
    return (
        not short
        or kind not in {"place", "unit"}
        or prior >= (_SHORT if len(key) == _FEW_LETTERS else _VERY_SHORT)
        or (text.isupper() and len(text) > 2)
    )
