"""Train the judge of Chinese places: ``python tools/train_places.py SENTENCES.jsonl [--authority INDEX]…``

SENTENCES has one object a line: ``{"text": …, "entities": [{"start", "end", "type"}]}``, LOC, ORG or PER.
Candidates inside an ORG are left out of the training (their being a place is nobody's question). Each
authority (the embedded one, and every ``--authority``) proposes its own candidates for the same sentences,
so that the judge serves small and large dictionaries.  Writes ``kg/mentions/places/place-weights.tsv``;
``--check`` prints precision and recall on held-out quarters instead, of the judge alone and of all that
looks for Chinese places, and how many names are found that were taken from the dictionary or invented.
"""

from __future__ import annotations

import argparse
import json
import random
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import rjieba
from fitting import fitted

from kg.authority import open_authority
from kg.mentions.names import NameDictionary
from kg.mentions.places.finding import chinese_places, chosen
from kg.mentions.places.geography import geography
from kg.mentions.places.judging import OBSERVATIONS, Judge, observe
from kg.mentions.places.shapes import candidates
from kg.mentions.view import View
from kg.mentions.words import Words, numbered, segment
from kg.model import Body, Lang
from kg.text import fold

OUTPUT = Path(__file__).parent.parent / "kg" / "mentions" / "places" / "place-weights.tsv"
RARE = 4  # values seen in fewer sentences teach nothing
EPOCHS, RATE, DECAY, SEED, LEARNT = 5, 0.1, 3e-3, 1, 0.01
HIDDEN, INVENTED = 20, 60  # names in a hundred
STEMS = (
    "安平宁阳丰河山江东西南北大小上下龙虎凤石沙青白黑黄红金银铜铁马牛羊鸡清水泉井沟崖岭坡塘湖临新永长高华德仁义和顺兴隆昌盛泰吉庆福"
    "王李张刘陈赵周吴徐孙郑杨朱秦许何吕曹彭鲁韦花柳松柏桃杏梨枣槐榆桑竹内虞封商单沛淇汤辉获修"
)
SETTLEMENTS = {"city", "county", "town", "village", "district", "prefecture"}
LESSER = "县市镇乡村庄河江山湖区路街岛港桥"
ENDINGS = (
    *("庄", "家庄", "村", "集", "店", "镇", "桥", "沟", "岗", "寨", "堡", "口", "营", "河", "山", "铺"),
    *("屯", "湾", "县", "州", "阳", "城", "陵", "乡", "沟", "岭", "塘", "埠", "渡", "关"),
)
IGNORANT = rjieba.Jieba.empty()  # knows no words: guesses by letters
Weights = dict[str, dict[str, float]]


def with_inventions(record: dict, share: int, settlements: set[str]) -> dict:
    """The sentence with a share of its lesser places renamed to names that nobody knows.

    States and the like stand in contexts of their own and keep their names.
    """
    chance = random.Random(zlib.crc32(record["text"].encode()))
    text, entities, end = "", [], 0
    for e in sorted(record["entities"], key=lambda e: e["start"]):
        text += record["text"][end : e["start"]]
        old = record["text"][e["start"] : e["end"]]
        lesser = old in settlements or any(old.endswith(h) and len(old) > len(h) + 1 for h in LESSER)
        rename = e["type"] == "LOC" and lesser and chance.randrange(100) < share
        new = invented(old, chance) if rename else old
        entities.append(
            {"start": len(text), "end": len(text) + len(new), "type": e["type"], "unknown": rename}
        )
        text, end = text + new, e["end"]
    return {"text": text + record["text"][end:], "entities": entities}


def invented(old: str, chance: random.Random) -> str:
    """A name of the same sort as `old`: with its head word, foreign, or a Chinese settlement."""
    geo = geography()
    for size in (3, 2, 1):
        if len(old) > size + 1 and old[-size:] in geo.heads:
            return "".join(chance.choices(STEMS, k=2)) + old[-size:]
    if len(old) > 2 and all(c in geo.common for c in old):
        return "".join(chance.choices(sorted(geo.common), k=chance.choice((3, 3, 4, 4, 5))))
    if chance.random() < 0.5:
        return "".join(chance.choices(STEMS, k=2))
    return "".join(chance.choices(STEMS, k=chance.choice((1, 1, 2)))) + chance.choice(ENDINGS)


class Sentence:
    """A sentence with its candidates, their observations and the truth about them."""

    def __init__(self, record: dict, dictionary: NameDictionary, share: int) -> None:
        self.text = fold(record["text"])
        self.words: Words = hidden(segment(self.text), share)
        names = [m for m in dictionary.match(self.text, Lang.ZH, nested=True) if not is_hidden(m.text, share)]
        body = Body(Lang.ZH, record["text"], ((0, len(record["text"])),))
        self.view = View(body, self.text, tuple(names), self.words)
        self.candidates = candidates(self.text, self.words, [m for m in names if m.inside is None])
        self.places = {
            (e["start"], e["end"])
            for e in record["entities"]
            if e["type"] == "LOC" and e["end"] - e["start"] > 1
        }
        self.unknown = {(e["start"], e["end"]) for e in record["entities"] if e.get("unknown")} | {
            p for p in self.places if is_hidden(self.text[slice(*p)], share)
        }
        self.inside = [(e["start"], e["end"]) for e in record["entities"] if e["type"] == "ORG"]
        self.rows = [
            (observe(c, self.text, self.words), (c.start, c.end) in self.places)
            for c in self.candidates
            if not self.open(c.start, c.end)
        ]

    def open(self, start: int, end: int) -> bool:
        """Whether nobody says if this is a place."""
        return any(a <= start and end <= b for a, b in self.inside)


def is_hidden(name: str, share: int) -> bool:
    """Whether `name` is among the `share` in 100 that are taken for unknown."""
    return zlib.crc32(name.encode()) % 100 < share


def hidden(words: Words, share: int) -> Words:
    """The words as if the segmenter did not know a share of its places, cut by letters, tagged as names."""
    out, tags = [], []
    for w, t in zip(words.words, words.tags, strict=True):
        pieces = IGNORANT.cut(w) if t in ("ns", "nrt") and len(w) > 1 and is_hidden(w, share) else [w]
        out += pieces
        tags += [t] if pieces == [w] and t != "ns" else ["nr"] * len(pieces) if is_hidden(w, share) else [t]
    return numbered(out, tags)


def train(sentences: Sequence[Sentence], copies: int) -> Weights:
    """Logistic regression by AdaGrad over the observations."""
    rows = [(r, y) for s in sentences for r, y in s.rows]
    seen = Counter(
        (n, v) for r, _ in rows for n, v in zip(OBSERVATIONS, r, strict=True) if v and v.isprintable()
    )
    examples = [
        ([("bias", ""), *(k for k in zip(OBSERVATIONS, r, strict=True) if seen[k] >= RARE * copies)], y)
        for r, y in rows
    ]
    weight = fitted(examples, pull=lambda _: DECAY, epochs=EPOCHS, rate=RATE, seed=SEED, learnt=LEARNT)
    out: Weights = {}
    for (name, value), w in sorted(weight.items()):
        if abs(w) >= 0.05:
            out.setdefault(name, {})[value] = round(w, 2)
    return out


def evaluate(sentences: Iterable[Sentence], weights: Weights) -> Counter:
    """Counts of right, false and missed places, by what looks for them."""
    judge, count = Judge(weights), Counter()
    for s in sentences:
        scored = [(judge(c, s.text, s.words), c) for c in s.candidates]
        got = {(c.start, c.end) for _, c in chosen(scored)}
        found = {(f.span.start, f.span.end) for f in chinese_places(s.view, judge) if not f.optional}
        for name, spans in (("judge", got), ("all", found)):
            spans = {x for x in spans if not s.open(*x)}
            count[name, "right"] += len(spans & s.places)
            count[name, "false"] += len(spans - s.places)
            count[name, "missed"] += len(s.places - spans)
            count[name, "new"] += len(spans & s.unknown)
            count[name, "unknown"] += len(s.unknown)
    return count


def main() -> None:
    """Read the command line; train, or check."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sentences", type=Path)
    parser.add_argument("--authority", type=Path, action="append", default=[])
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    records = [json.loads(line) for line in given.sentences.read_text(encoding="utf-8").splitlines()]
    sets = []
    for path in (None, *given.authority):
        names = list(open_authority(path).names())
        dictionary = NameDictionary.build(names)
        towns = {n.text for n in names if n.subkind in SETTLEMENTS}
        # Names that nobody knows are found by context.
        sets += [[Sentence(r, dictionary, share) for r in records] for share in (0, HIDDEN)]
        sets.append([Sentence(with_inventions(r, INVENTED, towns), dictionary, 0) for r in records])
    if not given.check:
        write(train([s for group in sets for s in group], len(sets)), given.sentences.name)
        return
    for number, group in enumerate(sets):
        total: Counter = Counter()
        for fold_number in range(4):
            training = [s for g in sets for i, s in enumerate(g) if i % 4 != fold_number]
            total += evaluate(
                (s for i, s in enumerate(group) if i % 4 == fold_number), train(training, len(sets))
            )
        for name in ("judge", "all"):
            right, false, missed = (total[name, k] for k in ("right", "false", "missed"))
            print(
                f"set {number}, {name:5}: precision {right / (right + false):.3f}",
                f"recall {right / (right + missed):.3f}",
                f"of names that nobody knows {total[name, 'new']}/{total[name, 'unknown']}",
                flush=True,
            )


def write(weights: Weights, source: str) -> None:
    """Write the weights as a table that can be read and compared."""
    lines = [f"# Log-odds of being a place, learnt by tools/train_places.py from {source}."]
    lines += [
        f"{name}\t{value}\t{w:g}"
        for name in ("bias", *OBSERVATIONS)
        for value, w in sorted(weights.get(name, {}).items())
    ]
    OUTPUT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{OUTPUT}: {len(lines) - 1} weights")


if __name__ == "__main__":
    main()
