"""Articles like the archive's, any number of them, the same for the same seed.

What varies is what costs: dates from 1946 to 2003, numerals of their time, the forms of datelines (in
brackets, bare, with an agency chain, at the end, none), names drawn from the authority (a few of them in
most articles, most of them in few), bilingual and Chinese-only files, lengths, and how much of the text names
things or tells of events.  Every article is a pure function of seed and number, so any slice can be made
anywhere.

Lengths and densities are set to what the archive's articles have, of which a few hundred were measured: a
bilingual file has a median of 190 Chinese characters and 40 mentions in 1,000 of them; a Chinese-only file
430 characters and 13 mentions in 1,000; both have long tails.

    python benchmarks/generate.py 100000 -o articles.jsonl        JSON Lines, the form for large runs
    python benchmarks/generate.py 1000 --files DIR                one file an article
"""

from __future__ import annotations

import argparse
import bisect
import datetime as dt
import itertools
import json
import math
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.authority import open_authority
from kg.model import Item

FIRST, DAYS = dt.date(1946, 5, 15), 21_000
BILINGUAL = 0.55
_DIGITS = "〇一二三四五六七八九"


def _patterns(use: str) -> tuple[tuple[str, str], ...]:
    """Pairs of a Chinese and an English pattern from ``sentences.tsv``."""
    lines = (Path(__file__).parent / "sentences.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return tuple((zh, en) for kind, zh, en in rows if kind == use)


TITLES = _patterns("title")
EVENT, NAMES, PLAIN = (_patterns(use) for use in ("event", "names", "plain"))
LONGEST = 9_000  # Chinese characters
COLUMNS = ("", "", "", "国际短讯", "体育", "地方通讯")
SECTIONS = ("", "", "要闻", "国际", "经济", "国际副刊")


@dataclass(frozen=True, slots=True)
class Named:
    """A name in both languages."""

    zh: str
    en: str


class Names:
    """Names drawn with the weight that their items have: a few are in most articles."""

    def __init__(self, items: list[Item]) -> None:
        found = [(Named(i.label("zh") or "", i.label("en") or ""), i.prior) for i in items]
        found = [(n, w) for n, w in found if len(n.zh) > 1 and n.en]
        found.sort(key=lambda p: (-p[1], p[0].zh))
        self._names = [n for n, _ in found]
        # The authority's weights are flat at the top; Zipf's law puts hubs there, as in a real paper.
        self._sums = list(itertools.accumulate(1 / (k + 3) ** 0.9 for k in range(len(found))))

    def draw(self, random_: random.Random) -> Named:
        """One of them."""
        at = bisect.bisect_left(self._sums, random_.random() * self._sums[-1])
        return self._names[min(at, len(self._names) - 1)]


@dataclass(frozen=True, slots=True)
class Manner:
    """How articles of a form are: the median and spread (sigma) of their Chinese characters, log-normal, and
    the mean shares of sentences that tell of events and that only name things.
    """

    median: int
    spread: float
    event: float
    names: float


MANNERS = {True: Manner(175, 0.87, 0.25, 0.5), False: Manner(410, 0.97, 0.09, 0.17)}  # bilingual or not


class Generator:
    """Makes the articles of a seed."""

    def __init__(self, seed: int = 1) -> None:
        authority = open_authority()
        self._seed = seed
        self._places = Names(list(authority.items("place")))
        self._units = Names(list(authority.items("unit")))
        self._sources = Names(list(authority.items("source")))
        self._agencies = Names(list(authority.items("source", "agency")))

    def article(self, number: int) -> str:
        """Article `number` as a file of the archive."""
        random_ = random.Random(f"{self._seed}:{number}")
        return _Article(self, random_).text()

    def articles(self, count: int, start: int = 0) -> Iterator[str]:
        """Articles one after the other."""
        return map(self.article, range(start, start + count))


class _Article:
    def __init__(self, generator: Generator, random_: random.Random) -> None:
        self.g = generator
        self.r = random_
        self.date = FIRST + dt.timedelta(random_.randrange(DAYS))
        # An article is about few places, which come back; the others are passing.
        self.local = [generator._places.draw(random_) for _ in range(4)]
        self.units = [generator._units.draw(random_) for _ in range(2)]
        self.agency = generator._agencies.draw(random_)
        self.bilingual = random_.random() < BILINGUAL
        manner = MANNERS[self.bilingual]
        self.length = min(random_.lognormvariate(math.log(manner.median), manner.spread), LONGEST)
        # Some articles are lists of names, some are essays.
        density = random_.triangular(0.2, 1.8)
        self.event, self.names = manner.event * density, manner.names * density

    def text(self) -> str:
        r = self.r
        page = r.choices(range(1, 9), (30, 12, 12, 20, 8, 8, 5, 5))[0]
        title_zh, title_en = self._fill(*r.choice(TITLES))
        body_zh, body_en = self._body()
        section, column = r.choice(SECTIONS), r.choice(COLUMNS)
        chinese = (
            f"### {title_zh}\n\n{self.date}\n第{page}版({section})\n专栏：{column}\n\n"
            f"    {title_zh}\n{body_zh}\n"
        )
        if not self.bilingual:
            return chinese
        head = f"Title: {title_en}\nAuthor:\nDate: {self.date}\nPage: {page}\n\n{body_en}\n"
        return f"{head}\n<hr /> \n\nOriginal: \n\n\n{chinese}"

    def _body(self) -> tuple[str, str]:
        r = self.r
        left = max(self.length - 15, 1)  # on average half a sentence too much is written
        paragraphs_zh: list[str] = []
        paragraphs_en: list[str] = []
        while left > 0:
            pairs = []
            for _ in range(r.randint(1, 4)):
                pairs.append(self._sentence())
                left -= len(pairs[-1][0])
                if left <= 0:
                    break
            paragraphs_zh.append("".join(zh for zh, _ in pairs))
            paragraphs_en.append(" ".join(en for _, en in pairs))
        start_zh, start_en, end_zh = self._dateline()
        paragraphs_zh[0] = start_zh + paragraphs_zh[0]
        paragraphs_en[0] = start_en + paragraphs_en[0]
        paragraphs_zh[-1] += end_zh
        return "\n".join(f"    {p}" for p in paragraphs_zh), "\n\n".join(paragraphs_en)

    def _sentence(self) -> tuple[str, str]:
        kind = self.r.random()
        patterns = EVENT if kind < self.event else NAMES if kind < self.event + self.names else PLAIN
        return self._fill(*self.r.choice(patterns))

    def _dateline(self) -> tuple[str, str, str]:
        """Before the Chinese text, before the English, after the Chinese."""
        r = self.r
        day = self.date - dt.timedelta(r.choice((0, 1, 1, 1, 2, 3)))
        place, day_zh = self.local[0], self._number(day.day)
        month = self._number(day.month)
        english = f"{place.en}, {day:%B} {day.day}"
        form = r.random()
        if form < 0.25:
            return f"【新华社{place.zh}{day_zh}日电】", f"Xinhua News Agency, {english}: ", ""
        if form < 0.45:
            return f"新华社{place.zh}{month}月{day_zh}日电　", f"Xinhua, {english} - ", ""
        if form < 0.55:
            return (
                f"据新华社{place.zh}{day_zh}日电　{self.agency.zh}讯：",
                f"Xinhua, {english}: {self.agency.en} reports: ",
                "",
            )
        if form < 0.65:
            return f"{self.agency.zh}{place.zh}{month}月{day_zh}日讯：", f"{self.agency.en}, {english}: ", ""
        if form < 0.7:
            return f"本报{place.zh}{day_zh}日电　记者报道：", f"Our newspaper, {english}: ", ""
        if form < 0.76:
            return "", "", "（新华社）"
        return "", "", ""

    def _fill(self, zh: str, en: str) -> tuple[str, str]:
        r = self.r
        p, q = r.choice(self.local), (r.choice(self.local) if r.random() < 0.6 else self.g._places.draw(r))
        s = self.g._sources.draw(r)
        u = r.choice(self.units)
        day = self.date - dt.timedelta(r.randint(0, 20))
        number = r.choice((r.randint(3, 60), r.randint(100, 900), r.randint(1000, 30000)))
        small = r.randint(2, 30)
        zh = zh.format(
            P=p.zh, Q=q.zh, S=s.zh, U=u.zh, D=self._day(day), N=self._number(number), n=self._number(small)
        )
        return zh, en.format(
            P=p.en, Q=q.en, S=s.en, U=u.en, D=f"{day:%B} {day.day}", N=f"{number:,}", n=small
        )

    def _day(self, day: dt.date) -> str:
        if day.month == self.date.month and self.r.random() < 0.5:
            return f"{self._number(day.day)}日"
        return f"{self._number(day.month)}月{self._number(day.day)}日"

    def _number(self, n: int) -> str:
        """As the paper wrote numbers then: Chinese until 1955 and in the sixties, else digits."""
        year = self.date.year
        if year < 1956 or 1960 <= year < 1979:
            return chinese_number(n)
        if year in (1989, 1990):
            return "".join(chr(ord(c) + 0xFEE0) for c in str(n))
        return str(n)


def chinese_number(n: int) -> str:
    """Up to 99,999.

    >>> chinese_number(20300), chinese_number(12), chinese_number(105)
    ('二万〇三百', '十二', '一百〇五')
    """
    out, gap = "", False
    for unit, name in ((10000, "万"), (1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = n // unit % 10 if unit < 10000 else n // unit
        if digit:
            out += ("〇" if gap and out else "") + _DIGITS[digit] + name
        gap = not digit and bool(out)
    return out.removeprefix("一") if out.startswith("一十") else out


def write_jsonl(path: Path, count: int, seed: int = 1) -> int:
    """Write `count` articles as JSON Lines; returns the bytes written."""
    size = 0
    with path.open("wb") as out:
        for text in Generator(seed).articles(count):
            size += out.write(json.dumps({"text": text}, ensure_ascii=False).encode() + b"\n")
    return size


def write_files(folder: Path, count: int, seed: int = 1) -> None:
    """Write `count` articles as files, a thousand a folder."""
    for number, text in enumerate(Generator(seed).articles(count)):
        target = folder / f"{number // 1000:05}"
        target.mkdir(parents=True, exist_ok=True)
        (target / f"{number:07}.txt").write_text(text, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-o", "--output", type=Path, help="JSON Lines")
    parser.add_argument("--files", type=Path, help="a folder for one file an article")
    arguments = parser.parse_args()
    if arguments.files:
        write_files(arguments.files, arguments.count, arguments.seed)
    elif arguments.output:
        write_jsonl(arguments.output, arguments.count, arguments.seed)
    else:
        for text in Generator(arguments.seed).articles(arguments.count):
            sys.stdout.write(json.dumps({"text": text}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
