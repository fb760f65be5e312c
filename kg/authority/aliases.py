"""The names an item goes by: its labels and aliases, and forms derived from them by rule.

Derived names are marked ``generated`` and weigh less.  Case, diacritics and traditional characters need
no rule: names are compared folded.  A rule that *adds* a word (河内 -> 河内市) gives a name only where
nobody else bears it; a rule that *drops* one (莱州省 -> 莱州) may join others who bear the name, up to a cap
that the index sets, for that is how the paper writes.  Transliterations are never made by rule.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kg.mentions.numerals import parse_number
from kg.model import Item, Lang
from kg.text import fold_latin, is_cjk

WEIGHTS = {"label": 1.0, "alias": 0.9, "generated": 0.4}
"""What a name's kind leaves of its item's prior."""

CHINA, VIETNAM = "Q148", "Q881"
_INDOCHINA = frozenset({VIETNAM, "Q172640", "Q180573", "Q819", "Q424", "Q185682"})
_NEAR = _INDOCHINA | {CHINA, "Q865", "Q13426199", "Q884", "Q423", "Q17", "Q711"}
_KOREA = frozenset({"Q423", "Q884"})
_RENOWN = 0.15
_TRANSCRIBED = 3  # characters at least of a foreign name by itself
_FRANCOPHONE = frozenset({"Q142", "Q31", "Q39", "Q262", "Q1028", "Q948"})


@dataclass(frozen=True, slots=True)
class ItemName:
    """One name of an item; `how` as in :class:`~kg.model.NameHit`; `exclusive`: if nobody else bears it."""

    text: str
    how: str
    exclusive: bool = False
    foreign: bool = False  # the paper and its translators do not call it that
    unsought: bool = False  # for lookups: looked for in texts, it would be found where others are meant


def names_of(item: Item) -> tuple[ItemName, ...]:
    """All names of an item, each text once, given ones before derived ones.

    >>> [n.text for n in names_of(Item("Q1", "place", "county", (("zh", "莱阳县"),), prior=0.2))]
    ['莱阳县', '莱阳']
    """
    found: dict[str, ItemName] = {}
    pairs = [*((pair, "label") for pair in item.labels), *((pair, "alias") for pair in item.aliases)]
    # Chinese and English first: Paris is an English name although it is a French one too.
    for (lang, text), how in sorted(pairs, key=lambda p: p[0][0] not in {"zh", "en"}):
        if _is_bare(item, text):
            found.setdefault(text, ItemName(text, how, foreign=True))
        elif "-x-" in lang:  # made by whoever made the table
            found.setdefault(text, _added(text))
        else:
            found.setdefault(text, ItemName(text, how, foreign=_is_foreign(item, lang)))
    for given in tuple(found.values()):
        if (dashed := given.text.translate(_DASHES)) != given.text and is_chinese(dashed):
            found.setdefault(dashed, ItemName(dashed, given.how, foreign=given.foreign))
        if not given.foreign:
            for name in _derive(item, given.text) if _is_renowned(item) else _cut_short(item, given.text):
                found.setdefault(name.text, name)
    for _, label in item.labels if item.kind != "person" else ():
        bare = without_bracket(label)
        if bare != label:
            found.setdefault(bare, ItemName(bare, "generated", unsought=True))
    return tuple(found.values())


_DASHES = str.maketrans("-－", "——")
"""The paper writes 梅克伦堡—前波美拉尼亚, tables 梅克伦堡-前波美拉尼亚."""


def without_bracket(label: str) -> str:
    """A label without the bracket at its end that tells namesakes apart.

    >>> without_bracket("维多利亚（塞舌尔）"), without_bracket("Pemba (Mozambique)"), without_bracket("刚果")
    ('维多利亚', 'Pemba', '刚果')
    """
    bare = _BRACKETED.fullmatch(label)
    return label if bare is None else bare[1]


_BRACKETED = re.compile(r"(\S.+?) ?[（(][^（）()]+[）)]")


def _is_renowned(item: Item) -> bool:
    """Whether a paper would call it by less, or more, than its name: the Wilson of Mount Wilson never is."""
    return item.kind != "place" or item.prior >= _RENOWN or item.country in _NEAR


def _is_bare(item: Item, text: str) -> bool:
    """Whether a far county or district is called by less than its name: 腊斯克 of 腊斯克县 is a person."""
    if item.subkind not in {"county", "district"} or item.country is None or _is_renowned(item):
        return False
    labels = {label for _, label in item.labels}
    return any(text + suffix in labels for suffix in _BARE)


_BARE = ("县", "郡", "区", " County", " District", " Parish")


def _is_foreign(item: Item, lang: str) -> bool:
    """Whether a name is in a language that no report uses for such an item.

    English translations take Vietnamese and French names for what is there; elsewhere these are exonyms,
    and Anh (England) or Phi (Africa) would be found in every name of a person.
    """
    if lang == "ru":
        return True
    if lang not in {"fr", "vi"} or item.kind not in {"place", "person", "event", "measure"}:
        return False
    home = _INDOCHINA if lang == "vi" else _INDOCHINA | _FRANCOPHONE
    return not home & {item.id, item.country}


def is_chinese(text: str) -> bool:
    """Whether the text has a Chinese character: then it is matched in Chinese text only."""
    return not text.isascii() and any(map(is_cjk, text))


def is_latin(text: str) -> bool:
    """Whether all letters are Latin ones (modifier letters, as in Nukuʻalofa, count as such)."""
    return text.isascii() or all(
        c.isascii()
        or not c.isalpha()
        or unicodedata.category(c) == "Lm"
        or "LATIN" in unicodedata.name(c, "")
        for c in text
    )


def _derive(item: Item, text: str) -> Iterator[ItemName]:
    if is_chinese(text):
        yield from _chinese(item, text)
    elif is_latin(text):
        yield from _latin(item, text)


def _cut_short(item: Item, text: str) -> Iterator[ItemName]:
    """A lesser province abroad without its generic (巴达赫尚): for where a place is looked for."""
    if item.subkind != "province" or not is_chinese(text):
        return
    for name in _derive(item, text):
        if not name.exclusive and len(name.text) >= _TRANSCRIBED:
            yield replace(name, exclusive=True, unsought=True)


def _dropped(text: str) -> ItemName:
    return ItemName(text, "generated")


def _added(text: str) -> ItemName:
    return ItemName(text, "generated", exclusive=True)


# --- Chinese ---------------------------------------------------------------------------------------

# Longest first: 自治县 before 县.  What remains must have the length given, or it is no name any more.
_ZH_DROP: dict[str, tuple[tuple[str, int], ...]] = {
    "province": (("自治区", 2), ("自治州", 2), ("直辖市", 2), ("特别市", 2), ("广域市", 2), ("省", 2),
                 ("州", 2), ("邦", 2), ("道", 3), ("县", 2), ("府", 2), ("大区", 2)),
    "prefecture": (("自治州", 2), ("地区", 2), ("专区", 2), ("盟", 3), ("市", 2), ("府", 2)),
    "city": (("直辖市", 2), ("特别市", 2), ("广域市", 2), ("市", 2)),
    "county": (("自治县", 2), ("自治旗", 3), ("县", 2), ("郡", 2), ("市", 2), ("区", 2)),
    "district": (("区", 2), ("郡", 2), ("县", 2)),
    "town": (("镇", 2), ("市", 2)),
    "village": (("村", 2), ("乡", 2)),
    "river": (("河", 3),),
    "mountain": (("火山", 2), ("山", 3)),
    "islands": (("群岛", 3), ("诸岛", 2)),
    "country": (("共和国", 2),),
}  # fmt: skip
# 保加利亚人民共和国 without 共和国 is the Bulgarian people.
_ZH_FORM_OF_STATE = ("人民", "主义", "民主", "合作", "联合", "阿拉伯", "伊斯兰")
_NATIONALITIES = re.compile(
    "(?:壮族|回族|维吾尔|藏族|苗族|彝族|侗族|土家族|布依族|朝鲜族|蒙古族?|哈萨克族?|傣族|景颇族|白族|傈僳族|哈尼族"
    "|羌族|满族|瑶族|黎族|畲族|达斡尔族|柯尔克孜|各族)+$"
)
_ZH_PROVINCE_SUFFIX = {
    CHINA: "省", VIETNAM: "省", "Q819": "省", "Q424": "省", "Q869": "府", "Q30": "州", "Q668": "邦",
    "Q408": "州", "Q155": "州", "Q96": "州", "Q183": "州", "Q16": "省", "Q889": "省", "Q794": "省",
    "Q43": "省", "Q38": "大区", "Q29": "省", "Q36704": "省", "Q843": "省", "Q928": "省",
}  # fmt: skip
_ZH_ADD = {"city": "市", "river": "河", "county": "县", "islands": "群岛", "mountains": "山脉"}
_ZH_UNIT_STATE = {"美国": "美", "英国": "英", "法国": "法", "苏联": "苏", "日本": "日", "印度": "印"}


def _chinese(item: Item, text: str) -> Iterator[ItemName]:
    if text.startswith("《") and text.endswith("》"):
        yield _dropped(text[1:-1])
    if "·" in text:
        yield _added(text.replace("·", ""))
    if item.kind == "place":
        yield from _chinese_place(item, text)
    elif item.kind == "source" and item.subkind == "agency" and text.endswith("通讯社") and len(text) >= 5:
        yield _added(text[:-3] + "社")
    elif item.kind == "unit":
        yield from _chinese_unit(text)


def _goes_in_full(item: Item, text: str) -> bool:
    """Whether a name is never cut short: 城东区 of Seoul is not 城东, 青松郡 not 青松, which is a pine.

    Short names of Korean counties in use are given.
    """
    if item.subkind == "district" and item.country not in {None, CHINA}:
        return True
    return text.endswith("郡") and item.country in _KOREA


def without_peoples(text: str) -> str:
    """The name of an autonomous area without the peoples that it names.

    >>> without_peoples("德宏傣族景颇族"), without_peoples("伊犁哈萨克")
    ('德宏', '伊犁')
    """
    return _NATIONALITIES.sub("", text)


def _chinese_place(item: Item, text: str) -> Iterator[ItemName]:
    if _goes_in_full(item, text):
        return
    for suffix, rest in _ZH_DROP.get(item.subkind, ()):
        if text.endswith(suffix):
            bare = text[: -len(suffix)]
            if suffix.startswith("自治"):
                short = without_peoples(bare)
                bare = short if len(short) >= rest else bare  # 内蒙古 is no nationality
                if len(bare) >= rest and suffix != "自治区":
                    yield from (_added(bare + s) for s in (suffix, suffix[-1]))  # 德宏自治州, 德宏州
            if len(bare) >= rest and not (suffix == "共和国" and bare.endswith(_ZH_FORM_OF_STATE)):
                yield _dropped(bare)
            return
    if item.subkind == "mountains" and text.endswith("山脉") and len(text) >= 4:
        yield _added(text[:-1])
    suffix = _ZH_ADD.get(item.subkind, "")
    if item.subkind == "province":
        suffix = _ZH_PROVINCE_SUFFIX.get(item.country or "", "")
    if suffix and 2 <= len(text) <= 7 and not text.endswith(_ZH_GENERIC):
        yield _added(text + suffix)


_ZH_GENERIC = (
    *"省市县区州河江川水湖海山岛洋邦道府郡旗盟镇村乡国岭峡湾",
    "群岛",
    "山脉",
    "地区",
    "首都",
    "特区",
)


_ZH_NUMBER = re.compile("(?:(?<=第)|^)(?:[一二三四五六七八九十百〇○零]{2,5}|[0-9]{2,3}(?![0-9]))")
_ZH_DIGITS = "〇一二三四五六七八九"


def number_forms(number: int) -> tuple[str, ...]:
    """How a Chinese text may write the number of a formation.

    >>> number_forms(82), number_forms(101)
    (('82', '八十二'), ('101', '一百零一', '一〇一', '一○一', '一零一'))
    """
    digits = "".join(_ZH_DIGITS[int(d)] for d in str(number))
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    word = ("" if tens == 1 and not hundreds else _ZH_DIGITS[tens]) + "十" if tens else ""
    word += _ZH_DIGITS[ones] if ones else ""
    if not hundreds:
        return str(number), word
    word = f"{_ZH_DIGITS[hundreds]}百{'零' if ones and not tens else ''}{word}"
    zeros = [digits.replace("〇", zero) for zero in "〇○零"]
    return tuple(dict.fromkeys((str(number), word, *zeros)))


def _chinese_unit(text: str) -> Iterator[ItemName]:
    """美国第七舰队 is also 美第七舰队 and 美军第七舰队; 第一〇一空降师 is also 第101空降师."""
    if (found := _ZH_NUMBER.search(text)) is not None:
        amount = parse_number(found[0], Lang.ZH)
        value = None if amount is None else amount.value
        if value is not None and 10 < value < 1000:
            for form in number_forms(int(value)):
                yield _dropped(text[: found.start()] + form + text[found.end() :])
    for state, short in _ZH_UNIT_STATE.items():
        if text.startswith(state + "第"):
            yield _added(short + text[len(state) :])
            yield _added(short + "军" + text[len(state) :])


# --- Latin script ----------------------------------------------------------------------------------

_EN_DROP: dict[str, tuple[str, ...]] = {
    "province": (" Province", " State", " Governorate", " Oblast", " Prefecture", " Region", " Voivodeship"),
    "prefecture": (" Prefecture", " Autonomous Prefecture", " League", " Department", " Oblast"),
    "county": (" County", " Autonomous County", " District"),
    "district": (" District", " County"),
    "town": (" Township", " Town"),
    "village": (" Village",),
    "river": (" River",),
    "islands": (" Islands",),
    "country": (),
}
_EN_LEAD: dict[str, tuple[str, ...]] = {
    "province": ("Province of ", "State of ", "Autonomous Region of "),
    "river": ("River ",),
    "mountain": ("Mount ", "Mt. ", "Mt "),
    "lake": ("Lake ",),
    "country": ("Republic of the ", "Republic of ", "Kingdom of ", "State of ", "Commonwealth of the "),
    "city": ("City of ",),
}
_EN_ADD: dict[str, tuple[str, ...]] = {
    "province": ("{} Province", "Province of {}"),
    "prefecture": ("{} Prefecture",),
    "city": ("{} City", "City of {}"),
    "county": ("{} County",),
    "district": ("{} District",),
    "town": ("{} Town",),
    "village": ("{} Village",),
    "river": ("{} River",),
    "country": ("Republic of {}",),
    "islands": ("{} Islands",),
}
_EN_GENERIC = re.compile(
    r"\b(province|state|governorate|oblast|prefecture|region|department|county|district|town|township|village|city"
    r"|river|creek|islands?|republic|kingdom|union|federation|emirates|municipality|territory|canton|republics)\b",
    re.IGNORECASE,
)  # fmt: skip
_QUALIFIED = re.compile(r"(?:, [^,()]+| \([^()]+\))$")
_MIN_BARE = 4


def _latin(item: Item, text: str) -> Iterator[ItemName]:
    if text.startswith("The ") and len(text) > _MIN_BARE + 4:
        yield _dropped(text[4:])
    if item.kind != "place":
        return
    if (qualified := _QUALIFIED.search(text)) and qualified.start() >= _MIN_BARE:
        yield _dropped(text[: qualified.start()])
        return
    yield from _latin_drop(item, text)
    if not _EN_GENERIC.search(text) and text[:1].isupper() and not (len(text) < _MIN_BARE and text.isupper()):
        yield from (_added(pattern.format(text)) for pattern in _EN_ADD.get(item.subkind, ()))
    if item.country == VIETNAM and " " in text and not _EN_GENERIC.search(text):
        # The wire services wrote Dienbienphu and Haiphong.
        yield _added(fold_latin(text).replace(" ", "").replace("-", "").capitalize())
        yield _added(text.replace(" ", "-"))


def _latin_drop(item: Item, text: str) -> Iterator[ItemName]:
    for suffix in _EN_DROP.get(item.subkind, ()):
        if text.endswith(suffix) and len(text) - len(suffix) >= _MIN_BARE:
            yield _dropped(text[: -len(suffix)])
    for lead in _EN_LEAD.get(item.subkind, ()):
        if text.startswith(lead) and len(text) - len(lead) >= _MIN_BARE:
            yield _dropped(text[len(lead) :])
            if item.subkind != "country":
                return
