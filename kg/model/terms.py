"""The closed vocabularies: what a language, a kind, a role, an echelon, a type of event may be."""

from __future__ import annotations

from enum import StrEnum


class Lang(StrEnum):
    """The two languages of the archive; the Chinese original is the senior witness."""

    ZH = "zh"
    EN = "en"


class Kind(StrEnum):
    """What a mention names.  The ontology has a class for each."""

    SOURCE = "source"
    PLACE = "place"
    UNIT = "unit"
    MEASURE = "measure"


class Role(StrEnum):
    """How a report uses a source; where a source has several roles the first of these wins."""

    DATELINE = "dateline"
    CITED = "cited"
    MENTIONED = "mentioned"


class Echelon(StrEnum):
    """The size of a military formation."""

    ARMY = "army"
    CORPS = "corps"
    DIVISION = "division"
    BRIGADE = "brigade"
    REGIMENT = "regiment"
    BATTALION = "battalion"
    COMPANY = "company"
    PLATOON = "platoon"
    SQUAD = "squad"
    FLEET = "fleet"
    SQUADRON = "squadron"
    FORCE = "force"
    OTHER = "other"


class EventType(StrEnum):
    """What happened; each type is a class of the ontology, mapped to a Wikidata class."""

    BATTLE = "battle"
    AIR_RAID = "air_raid"
    CAPTURE = "capture"
    RETREAT = "retreat"
    DEPLOYMENT = "deployment"
    CEASEFIRE = "ceasefire"
    COUP = "coup"
    PROTEST = "protest"
    ARREST = "arrest"
    KILLING = "killing"
    TALKS = "talks"
    VISIT = "visit"
    CONFERENCE = "conference"
    AGREEMENT = "agreement"
    DIPLOMATIC_NOTE = "diplomatic_note"
    APPOINTMENT = "appointment"
    FOUNDING = "founding"
    CONSTRUCTION = "construction"
    DISASTER = "disaster"
    ACCIDENT = "accident"
    SPORT = "sport"
    AWARD = "award"
    TRADE = "trade"


class Verdict(StrEnum):
    """A linker's decision: an item, decidedly none, or left open for a person."""

    LINKED = "linked"
    NIL = "nil"
    UNDECIDED = "undecided"


class Grain(StrEnum):
    """How finely a time is known."""

    HOUR = "hour"
    DAY = "day"
    TEN_DAYS = "ten_days"
    MONTH = "month"
    YEAR = "year"
    DECADE = "decade"


class Agreement(StrEnum):
    """What the two languages say of one mention."""

    AGREE = "agree"
    CONFLICT = "conflict"
    ZH_ONLY = "zh_only"
    EN_ONLY = "en_only"
    SINGLE = "single"  # the article has one language only


class Form(StrEnum):
    """The layout in which an article came."""

    BILINGUAL = "bilingual"
    CHINESE = "chinese"
    ENGLISH = "english"
    RECORD = "record"  # JSON Lines or Parquet with the same fields
