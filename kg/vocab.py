"""Namespaces, and the terms of our ontology as constants (a test holds each to ``ontology/``).

Classes are in CamelCase, properties in camelCase, and the concepts of the controlled lists carry the
name of their list: ``dl:role-cited``, ``dl:verdict-nil``, ``dl:place-river``.
"""

from __future__ import annotations

from kg.model import Agreement, Echelon, EventType, Grain, Kind, Role, Verdict

DL = "https://w3id.org/dateline/ontology#"
SCHEMA = "https://schema.org/"
SEM = "http://semanticweb.cs.vu.nl/2009/11/sem/"
PROV = "http://www.w3.org/ns/prov#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCTERMS = "http://purl.org/dc/terms/"
GEO = "http://www.opengis.net/ont/geosparql#"
GEOF = "http://www.opengis.net/def/function/geosparql/"
QUDT = "http://qudt.org/schema/qudt/"
UNIT = "http://qudt.org/vocab/unit/"
TIME = "http://www.w3.org/2006/time#"
VOID = "http://rdfs.org/ns/void#"
DCAT = "http://www.w3.org/ns/dcat#"
SPDX = "http://spdx.org/rdf/terms#"
FOAF = "http://xmlns.com/foaf/0.1/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SH = "http://www.w3.org/ns/shacl#"
WD = "http://www.wikidata.org/entity/"
QID = "Q[1-9][0-9]{0,11}"  # how an item of Wikidata is written, a pattern to build others from
WDT = "http://www.wikidata.org/prop/direct/"

# --- classes -----------------------------------------------------------------------------------------

DISPATCH = DL + "Dispatch"
CHAIN_LINK = DL + "ChainLink"
MENTION = DL + "Mention"
EVENT_REPORT = DL + "EventReport"
SOURCE = DL + "Source"
FORMATION = DL + "Unit"

# --- properties of articles --------------------------------------------------------------------------

HAS_MENTION = DL + "hasMention"
HAS_QUANTITY = DL + "hasQuantity"
HAS_DISPATCH = DL + "hasDispatch"
HAS_EVENT_REPORT = DL + "hasEventReport"
INPUT_HASH = DL + "inputHash"
AUTHORITY_DATE = DL + "authorityDate"
DAY_SHIFT = DL + "dayShift"
LENGTH_ZH = DL + "lengthZh"
LENGTH_EN = DL + "lengthEn"
READING_NOTE = DL + "readingNote"
NOTE_DETAIL = DL + "noteDetail"
BYLINE = DL + "byline"
COLUMN_TITLE = DL + "columnTitle"

# --- properties of dispatches ------------------------------------------------------------------------

DATELINE_SOURCE = DL + "datelineSource"
DATELINE_PLACE = DL + "datelinePlace"
DATELINE_DATE = DL + "datelineDate"
DATELINE_SPANS = DL + "datelineSpans"
CITES = DL + "cites"
HAS_CHAIN_LINK = DL + "hasChainLink"
CHAIN_POSITION = DL + "chainPosition"
CHAIN_SOURCE = DL + "chainSource"

# --- properties of mentions, quantities and event reports --------------------------------------------

KIND = DL + "kind"
ENTITY = DL + "entity"
SURFACE = DL + "surface"
SPANS = DL + "spans"
VERDICT = DL + "verdict"
CONFIDENCE = DL + "confidence"
EVIDENCE = DL + "evidence"
AGREEMENT = DL + "agreement"
CONFLICT = DL + "conflict"
ALTERNATIVES = DL + "alternatives"
JUDGED = DL + "judged"
OPTIONAL = DL + "optional"
ROLE = DL + "role"
ECHELON = DL + "echelon"
STRENGTH = DL + "strength"
STRENGTH_MIN = DL + "strengthMin"
COUNT = DL + "count"
COUNT_MIN = DL + "countMin"
COUNTED = DL + "counted"
RULE = DL + "rule"
TRIGGER = DL + "trigger"
GRAIN = DL + "grain"
REPORTED_BY = DL + "reportedBy"
IN_DISPATCH = DL + "inDispatch"
REPORTS = DL + "reports"
ACTOR_NAME = DL + "actorName"
PLACE_NAME = DL + "placeName"

# --- properties of entities --------------------------------------------------------------------------

COUNTRY = DL + "country"
VERIFIED = DL + "verified"

# --- controlled lists --------------------------------------------------------------------------------

KIND_SCHEME = DL + "Kinds"
ROLE_SCHEME = DL + "Roles"
ECHELON_SCHEME = DL + "Echelons"
EVENT_TYPE_SCHEME = DL + "EventTypes"
VERDICT_SCHEME = DL + "Verdicts"
AGREEMENT_SCHEME = DL + "Agreements"
GRAIN_SCHEME = DL + "Grains"
SUBKIND_SCHEME = DL + "Subkinds"
NOTE_SCHEME = DL + "ReadingNotes"


def note_code(code: str) -> str:
    """The concept of a reading-note code.

    >>> note_code("page-missing")
    'https://w3id.org/dateline/ontology#note-page-missing'
    """
    return f"{DL}note-{code}"


def _dashed(list_name: str, value: str) -> str:
    return f"{DL}{list_name}-{value.replace('_', '-')}"


KINDS: dict[Kind, str] = {k: _dashed("kind", k) for k in Kind}
ROLES: dict[Role, str] = {r: _dashed("role", r) for r in Role}
ECHELONS: dict[Echelon, str] = {e: _dashed("echelon", e) for e in Echelon}
VERDICTS: dict[Verdict, str] = {v: _dashed("verdict", v) for v in Verdict}
AGREEMENTS: dict[Agreement, str] = {a: _dashed("agreement", a) for a in Agreement}
GRAINS: dict[Grain, str] = {g: _dashed("grain", g) for g in Grain}

# Each event type is a class, so that the types of other vocabularies can stand above and beside it.
EVENT_TYPES: dict[EventType, str] = {
    t: DL + "".join(word.capitalize() for word in t.value.split("_")) for t in EventType
}

_SUBKINDS: dict[str, str] = {
    "place": """continent region country historical_country province prefecture county city town village
        district river lake canal sea strait gulf island islands mountain mountains pass peninsula plain
        plateau desert valley railway road bridge dam airport port facility square area front""",
    "source": "agency newspaper broadcaster magazine publisher",
    "unit": """force service command army_group army corps division brigade regiment battalion fleet militia
        alliance peacekeeping""",
    "measure": """length area volume mass temperature time speed power energy currency angle pressure count
        electric frequency other""",
    "event": """war campaign battle conference treaty crisis revolution coup movement disaster games festival
        programme operation""",
    "person": "leader general diplomat scientist writer artist athlete journalist religious worker other",
    "organisation": "government party intergovernmental company school church union other",
}

SUBKINDS: dict[tuple[str, str], str] = {
    (kind, subkind): _dashed(kind, subkind)
    for kind, subkinds in _SUBKINDS.items()
    for subkind in subkinds.split()
}
"""``(kind, subkind)`` of an item to the concept that classifies it (``dcterms:type``)."""

_NOTE_CODES = """
    encoding-utf8-bom encoding-utf16 encoding-gb18030 undecodable-bytes control-characters truncated
    header-conflict date-from-file-name page-missing page-unreadable title-missing header-incomplete
    headline-repeated generic-title broken-lines lost-characters several-items photo-caption
    original-missing translation-missing names-unreadable invented-translation abridged-translation
    translation-drops-dateline translation-month-differs translation-day-differs day-early day-may-be-early
    same-title"""

NOTE_CODES: tuple[str, ...] = tuple(_NOTE_CODES.split())
"""Codes of reading notes; each is a concept of ``dl:ReadingNotes``."""

TRANSLATED_DAY = "translation-day-differs"
"""The note that understanding adds to those of reading."""
