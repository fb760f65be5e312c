"""Train the judge of events: ``python tools/train_events.py GOLD ARTICLES [GOLD ARTICLES …] [--check]``

GOLD is a folder of annotations whose ``events`` have a type, triggers in ``zh`` and ``en`` and a start;
ARTICLES the articles of the same names.  A draft is right where it can be the report of a gold event: the
same type, and a trigger of one contains one of the other; each gold event takes one draft.  Optional events
teach nothing.  The weights that are shipped were learnt of articles too, so that each is pulled towards
what it was (with ``--anew`` towards 0).  Writes ``kg/mentions/events/event-weights.tsv``; ``--check``
prints precision and recall on held-out articles instead.  Several pairs of folders are trained on together,
and each is reported by itself.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from kg.articles import parse, read_inputs
from kg.authority import open_authority
from kg.mentions import Understander
from kg.mentions.events.draft import Draft
from kg.mentions.events.finding import weighed
from kg.mentions.events.weigh import Around, Judge, features, judge
from kg.mentions.names import NameDictionary
from kg.mentions.view import views
from kg.model import RawArticle, Reject

OUTPUT = Path(__file__).parent.parent / "kg" / "mentions" / "events" / "event-weights.tsv"
ROUNDS, RATE, FOLDS = 300, 0.5, 11
PULL = 1.0  # of a feature's weight towards what it was, or 0, in examples
KEPT = 3.0  # times as much, where it was learnt before
TYPE_PULL = 6.0  # types and triggers are many: they get less
WORD_PULL = 4.0  # words still more, but most stand in few articles
NEAR = 0.006  # of the best F1: what is no difference between thresholds
Row = dict[str, float]


class Paper:
    """An article with its drafts, their features, and what its gold says of each."""

    def __init__(self, name: str, drafts: Sequence[tuple[Draft, Row]], events: Sequence[dict]) -> None:
        self.name = name
        self.drafts = [d for d, _ in drafts]
        self.rows = [r for _, r in drafts]
        self.events = events
        self.truth = self._truth()

    def _truth(self) -> list[bool | None]:
        truth: list[bool | None] = [False] * len(self.drafts)
        free = set(range(len(self.drafts)))
        for event in sorted(self.events, key=lambda e: bool(e.get("optional"))):
            fits = [
                i
                for i in sorted(free)
                if self.touches(i, event) and self.drafts[i].type.value == event["type"]
            ]
            if fits:
                best = max(fits, key=lambda i: self.agreement(i, event))
                truth[best] = None if event.get("optional") else True
                free.discard(best)
        return truth

    def touches(self, i: int, event: dict) -> bool:
        """Whether a trigger of draft `i` contains one of the event, or is contained."""
        return any(
            plain(t.text) in plain(s) or plain(s) in plain(t.text)
            for t in self.drafts[i].triggers()
            for s in event.get(t.lang.value) or ()
        )

    def agreement(self, i: int, event: dict) -> tuple[bool, bool]:
        """How well draft `i` agrees with the event beyond its type: start, then place."""
        interval = self.drafts[i].interval
        start = interval.start if interval is not None else None
        places = {p.text for p in self.drafts[i].places}
        return start == event.get("start"), bool(places & set(event.get("places") or ()))

    def score(self, kept: Sequence[int]) -> Counter:
        """Right, false and missed of the drafts `kept`: typed, and whatever the type."""
        count: Counter = Counter()
        free = list(kept)
        for event in sorted(self.events, key=lambda e: bool(e.get("optional"))):
            fits = [i for i in free if self.touches(i, event)]
            typed = [i for i in fits if self.drafts[i].type.value == event["type"]]
            if event.get("optional"):
                if fits:
                    free.remove((typed or fits)[0])
            elif typed:
                free.remove(max(typed, key=lambda i: self.agreement(i, event)))
                count.update(right=1, untyped=1)
            else:
                count["missed"] += 1
                if fits:
                    free.remove(fits[0])
                    count.update(false=1, untyped=1)
        count["false"] += len(free)
        return count


def plain(text: str) -> str:
    """A trigger as it is compared."""
    return "".join(text.split()).casefold()


def papers(gold: Path, articles: Path) -> list[Paper]:
    """The articles that have gold."""
    authority = open_authority(None)
    dictionary = NameDictionary.build(n for n in authority.names() if n.kind != "measure")
    understander = Understander(dictionary, measures=authority.items("measure"))
    events = {p.stem: json.loads(p.read_text(encoding="utf-8"))["events"] for p in gold.glob("*.json")}
    out = []
    for raw in read_inputs([articles]):
        name = Path(raw.origin).stem
        if name not in events or not isinstance(raw, RawArticle) or isinstance(article := parse(raw), Reject):
            continue
        u = understander.understand(article)
        seen = views(article, dictionary)
        found = weighed(article, u.mentions, u.times, u.dispatches, seen)
        rows = []
        if found:
            page = found[0][0].page
            around = Around.of(page, article.printed, bilingual=len(seen) > 1)
            rows = [(d, features(page, around, d)) for d, _ in found]
        out.append(Paper(name, rows, events[name]))
    return out


def train(group: Sequence[Paper], before: Row) -> Row:
    """Logistic regression by gradient descent, each weight pulled towards what it was `before`, else 0."""
    examples = [(r, float(y)) for p in group for r, y in zip(p.rows, p.truth, strict=True) if y is not None]
    names = sorted({k for r, _ in examples for k in r} | before.keys())
    weights = {k: before.get(k, 0.0) for k in ("bias", *names)}
    held = {k: pull(k) * (KEPT if k in before else 1.0) for k in weights}
    squares = dict.fromkeys(weights, 1e-6)
    for _ in range(ROUNDS):
        gradient = {k: held[k] * (w - before.get(k, 0.0)) for k, w in weights.items()}
        gradient["bias"] = 0.0
        for row, y in examples:
            z = weights["bias"] + sum(weights[k] * v for k, v in row.items())
            error = 1 / (1 + math.exp(-z)) - y
            gradient["bias"] += error
            for k, v in row.items():
                gradient[k] += error * v
        for k, g in gradient.items():
            squares[k] += g * g
            weights[k] -= RATE * g / math.sqrt(squares[k])
    return weights


def pull(feature: str) -> float:
    """How strongly the weight of `feature` is pulled towards 0."""
    if feature.startswith("word "):
        return WORD_PULL
    return TYPE_PULL if feature.startswith(("type ", "rule ")) else PULL


def kept(weights: Row, p: Paper, threshold: float) -> list[int]:
    """The drafts of `p` that weigh enough."""
    judge = Judge(weights, threshold)
    return [i for i, row in enumerate(p.rows) if judge.probability(row) >= threshold]


def measure(pairs: Sequence[tuple[Row, Paper]], threshold: float) -> Counter:
    """The score of every paper, judged by the weights that go with it."""
    total: Counter = Counter()
    for weights, p in pairs:
        total += p.score(kept(weights, p, threshold))
    return total


def f1(c: Counter) -> float:
    """The harmonic mean of precision and recall."""
    return 2 * c["right"] / max(1, 2 * c["right"] + c["false"] + c["missed"])


def best_threshold(pairs: Sequence[tuple[Row, Paper]]) -> float:
    """The most cautious of those that do nearly as well as the best: this changes with every article."""
    grid = [0.2 + 0.02 * n for n in range(26)]
    scores = {t: f1(measure(pairs, t)) for t in grid}
    best = max(scores.values())
    good = [t for t in grid if scores[t] >= best - NEAR]
    return round(good[-1], 2)


def held_out(group: Sequence[Paper], before: Row) -> list[tuple[Row, Paper]]:
    """Each paper with weights that were trained without it."""
    out = []
    for n in range(FOLDS):
        weights = train([p for i, p in enumerate(group) if i % FOLDS != n], before)
        out += [(weights, p) for i, p in enumerate(group) if i % FOLDS == n]
    return out


def report(name: str, c: Counter) -> None:
    """One line of figures."""
    precision, recall = (
        c["right"] / max(1, c["right"] + c["false"]),
        c["right"] / max(1, c["right"] + c["missed"]),
    )
    wrong = c["false"] + c["missed"] - 2 * (c["untyped"] - c["right"])
    untyped = 2 * c["untyped"] / max(1, 2 * c["untyped"] + wrong)
    print(
        f"{name}: precision {precision:.3f} recall {recall:.3f} F1 {f1(c):.3f}"
        f" untyped {untyped:.3f}  {dict(c)}"
    )


def main() -> None:
    """Read the command line; train, or check."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", type=Path, nargs="+", metavar="GOLD ARTICLES")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--anew", action="store_true")
    given = parser.parse_args()
    if len(given.folders) % 2:
        parser.error(f"{len(given.folders)} folders: each GOLD needs its ARTICLES")
    sets = [papers(*pair) for pair in zip(given.folders[::2], given.folders[1::2], strict=True)]
    group = [p for one in sets for p in one]
    random.Random(0).shuffle(group)  # folds, not secrets
    before = {} if given.anew else dict(judge().weights)
    pairs = held_out(group, before)
    threshold = best_threshold(pairs)
    ceiling = Counter()
    for p in group:
        ceiling += p.score([i for i, y in enumerate(p.truth) if y])
    report("best choice of drafts", ceiling)
    report(f"held out, from {threshold}", measure(pairs, threshold))
    if len(sets) > 1:
        for folder, one in zip(given.folders[::2], sets, strict=True):
            mine = [pair for pair in pairs if any(pair[1] is p for p in one)]
            report(f"  of them {folder}", measure(mine, threshold))
    weights = train(group, before)
    report("trained on all", measure([(weights, p) for p in group], threshold))
    if not given.check:
        write(weights, threshold, len(group), anew=given.anew)


def write(weights: Row, threshold: float, articles: int, *, anew: bool) -> None:
    """Write the weights as a table that can be read and compared."""
    of = f"{articles} annotated articles" + ("" if anew else ", from weights learnt before of others")
    lines = [f"# Log-odds of being a reported event; tools/train_events.py, {of}."]
    lines += [f"threshold\t{threshold}", f"bias\t{weights.pop('bias'):.2f}"]
    lines += [f"{k}\t{w:.2f}" for k, w in sorted(weights.items()) if abs(w) >= 0.02]
    OUTPUT.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
