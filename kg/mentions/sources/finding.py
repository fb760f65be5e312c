"""Sources: the media a report names, each with the role it plays there.

The name may be known, or new and recognised by its shape (:mod:`kg.mentions.sources.names`); its role comes
from the dateline it stands in (:mod:`kg.mentions.datelines`) or from the words around it
(:mod:`kg.mentions.sources.cues`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.mentions.datelines import OWN_PAPER, DatelineFind, covered, find_datelines
from kg.mentions.names import NameDictionary
from kg.mentions.rules import Shown, load_triggers
from kg.mentions.sources.cues import cue, listed_before
from kg.mentions.sources.names import Candidate, candidates, without_its_land
from kg.mentions.view import View
from kg.mentions.view import view as make_view
from kg.model import Body, Find, Kind, Lang, Name, Role

NEWSPAPER = "Q54340"
"""The paper that 本报 means unless the settings say otherwise."""


def find_sources(
    view: View,
    newspaper: str = NEWSPAPER,
    datelines: Sequence[DatelineFind] | None = None,
    told: Sequence[Find] = (),
) -> list[Find]:
    """The sources of one body, in text order, each with its role.

    `newspaper` is the item of the archive's own paper; pass `datelines` if they have been found already, and
    as `told` the sources of the original that the body translates.
    Names inside a longer one (读卖新闻 in 读卖新闻社) are finds of their own.
    """
    datelines = find_datelines(view) if datelines is None else datelines
    named = candidates(view, newspaper, told)
    signed = _signed(view, named, datelines, newspaper)
    taken = covered(((c.start, c.end) for c, _, _ in signed), len(view.text))
    free = [c for c in named if not any(taken[c.start : c.end])]
    finds = [_find(view, c, role, rule) for c, role, rule in signed]
    finds += [_find(view, c, role, c.rule) for c, role in zip(free, _roles(view, free), strict=True)]
    return sorted(finds, key=lambda f: (f.span.start, -f.span.end))


def _find(view: View, c: Candidate, role: Role, rule: str) -> Find:
    span = view.span(c.start, c.end)
    return Find(Kind.SOURCE, span, rule, c.subkind, c.items, role=role, confidence=c.confidence)


def _signed(
    view: View, named: Sequence[Candidate], datelines: Sequence[DatelineFind], newspaper: str
) -> list[tuple[Candidate, Role, str]]:
    """The sources that datelines name, with the items that the dictionary has for the same stretch."""
    known = {(c.start, c.end): c for c in named}
    ending = {c.end: c for c in named}
    out = []
    for d in datelines:
        for ref in d.sources:
            found = known.get((ref.start, ref.end))
            if found is None and ref.role is Role.CITED:
                found = without_its_land(view.text, (ref.start, ref.end), ending.get(ref.end))
            if found is None:
                own = OWN_PAPER.fullmatch(view.text, ref.start, ref.end)
                items = (newspaper,) if own else ()
                kind = "newspaper" if own or view.text[ref.end - 1] == "报" else "agency"
                found = Candidate(ref.start, ref.end, d.rule, kind, items, 0.9)
            out.append((found, ref.role, d.rule))
    return out


def _roles(view: View, named: Sequence[Candidate]) -> list[Role]:
    """Roles by the words around; members of a list (《甲报》和《乙报》说) share the strongest.

    A headline's mention is a mention.
    """
    headline = view.body.paragraphs[0][1] if len(view.body.paragraphs) > 1 else 0
    roles = []
    for c in named:
        relayed = c.start >= headline and cue(view, c.start, c.end) is not None
        roles.append(Role.CITED if relayed else Role.MENTIONED)
    for i in range(len(named) - 2, -1, -1):
        after = named[i + 1]
        inside = after.end == named[i].end  # the name without its town: of one role
        if roles[i + 1] is Role.CITED and (inside or listed_before(view, named[i].end, after.start)):
            roles[i] = Role.CITED
    return roles


def demonstrate(text: str, lang: Lang) -> Iterator[Shown]:
    """What the rules find in a short text where 上海 and 仰光 are all that is known.

    Cues are shown beside the names.
    """
    known = NameDictionary.build(Name(t, Lang.ZH, "place", "city", ()) for t in ("上海", "仰光"))
    view = make_view(Body(lang, text, ((0, len(text)),)), known)
    for f in find_sources(view):
        role = f.role.value if f.role is not None else ""
        yield Shown(f.rule, f.span.text, role)
        word = cue(view, f.span.start, f.span.end)
        for trigger in load_triggers("sources"):
            if word is not None and word.lower() in trigger.words(lang):
                yield Shown(trigger.name, f.span.text, role)
            if trigger.type == "staff" and any(
                text.find(w, f.span.end) == f.span.end + 1 for w in trigger.zh
            ):
                yield Shown(trigger.name, f.span.text, role)
