"""Compare found events with annotated ones: ``python tools/compare_events.py GOLD ARTICLES [--all]``

GOLD is a folder of annotations whose ``events`` have a type, triggers in ``zh`` and ``en``, start, places
and actors; ARTICLES the articles of the same names.  Prints one line a matched event whose start, place or
actor differs (with ``--all`` every one): what was annotated, then what was found and from which times of its
sentence.  Then the events that were missed, each with the probability of the candidate that tells it, if
there is one, and the false ones.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from train_events import Paper, papers, plain

from kg.mentions.events.draft import Draft
from kg.mentions.events.weigh import judge
from kg.model import Party, TimeExpression


def pairs(p: Paper, kept: Sequence[int]) -> Iterator[tuple[dict, int | None]]:
    """Each event that must be found, with the draft among `kept` that is taken for it."""
    free = list(kept)
    for event in sorted(p.events, key=lambda e: bool(e.get("optional"))):
        fits = [i for i in free if p.touches(i, event) and p.drafts[i].type.value == event["type"]]
        best = max(fits, key=lambda i: p.agreement(i, event), default=None)
        if best is not None:
            free.remove(best)
        if not event.get("optional"):
            yield event, best


def found(draft: Draft) -> tuple[str | None, str | None]:
    """Its interval as ISO dates."""
    interval = draft.interval
    return (interval.start, interval.end) if interval is not None else (None, None)


def times(draft: Draft) -> str:
    """The times of the sentences in which its triggers stand."""
    page = draft.page
    seen = dict.fromkeys(c.sentence for c in draft.cues)
    return " | ".join(", ".join(map(_time, page.times_in(*page.bounds[s]))) for s in seen)


def _time(time: TimeExpression) -> str:
    return f"{time.span.text}={time.interval.start if time.interval else None}"


def near(wanted: Sequence[str], parties: Sequence[Party]) -> bool:
    """Whether one of the names wanted is found, or nothing is wanted."""
    have = [plain(p.text) for p in parties]
    return not wanted or any(plain(w) in h or h in plain(w) for w in wanted for h in have)


def compare(p: Paper, *, everything: bool) -> list[str]:
    """The lines of one article."""
    kept = [i for i, row in enumerate(p.rows) if judge().probability(row) >= judge().threshold]
    lines, used = [], set()
    for event, i in pairs(p, kept):
        name = f"{event['type']} {'/'.join((event.get('zh') or []) + (event.get('en') or []))}"
        if i is None:
            told = [j for j in range(len(p.drafts)) if j not in used and p.touches(j, event)]
            best = max(told, key=lambda j: judge().probability(p.rows[j]), default=None)
            hint = ""
            if best is not None:
                hint = f"  candidate {p.drafts[best].type.value} {judge().probability(p.rows[best]):.2f}"
            lines.append(f"MISSED {name} {event.get('start')} {event.get('places')}{hint}")
            continue
        used.add(i)
        draft = p.drafts[i]
        lines += [
            f"{aspect} {name}: {event.get(key)} found {got}"
            for aspect, key, got, right in (
                ("START ", "start", f"{found(draft)} of {times(draft)}", event["start"] == found(draft)[0]),
                ("PLACE ", "places", [x.text for x in draft.places], near(event["places"], draft.places)),
                ("ACTOR ", "actors", [x.text for x in draft.actors], near(event["actors"], draft.actors)),
            )
            if everything or not right
        ]
    for i in kept:
        if i not in used and p.truth[i] is not None:
            draft = p.drafts[i]
            text = "/".join(t.text for t in draft.triggers())
            sure = judge().probability(p.rows[i])
            lines.append(f"FALSE  {draft.type.value} {text} {found(draft)} {sure:.2f}")
    return lines


def main() -> None:
    """Read the command line and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", type=Path)
    parser.add_argument("articles", type=Path)
    parser.add_argument("--all", action="store_true")
    given = parser.parse_args()
    for p in papers(given.gold, given.articles):
        for line in compare(p, everything=given.all):
            print(p.name, line)


if __name__ == "__main__":
    main()
