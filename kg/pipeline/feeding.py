"""Inputs cut into batches, with what could not be read set aside."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from kg.articles import read_inputs
from kg.model import RawArticle, Reject
from kg.pipeline.convert import Batch

BATCH = 250  # articles: about 50,000 statements
_WEIGHT = 4 << 20  # characters: a batch of long articles is cut earlier


class Feed:
    """Iterates over batches; `read` counts what came, `rejects` gathers what could not be read.

    `wanted` (of an update) says which articles are to be converted; the others are only counted.  The
    folder `without` is passed over.
    """

    def __init__(
        self,
        inputs: Iterable[str | os.PathLike[str]],
        *,
        max_article: int = 16,
        size: int = BATCH,
        wanted: Callable[[RawArticle], bool] | None = None,
        without: Path | None = None,
    ) -> None:
        self._inputs = list(inputs)
        self._max_article = max_article
        self._size = size
        self._wanted = wanted
        self._without = without
        self.read = 0
        self.rejects: list[Reject] = []

    def __iter__(self) -> Iterator[Batch]:
        batch: list[RawArticle] = []
        weight = 0
        for raw in read_inputs(self._inputs, max_article=self._max_article, without=self._without):
            self.read += 1
            if isinstance(raw, Reject):
                self.rejects.append(raw)
                continue
            if self._wanted is not None and not self._wanted(raw):
                continue
            batch.append(raw)
            weight += len(raw.text) + sum(len(v) for _, v in raw.fields)
            if len(batch) >= self._size or weight >= _WEIGHT:
                yield Batch(tuple(batch))
                batch, weight = [], 0
        if batch:
            yield Batch(tuple(batch))

    def take_rejects(self) -> list[Reject]:
        """The rejects since the last call."""
        taken, self.rejects = self.rejects, []
        return taken


def count_files(inputs: Iterable[str | os.PathLike[str]]) -> int | None:
    """How many articles `inputs` hold, if that can be told without opening them: plain files one each.

    None where there are archives, records or a stream among them.
    """
    total = 0
    for given in inputs:
        path = Path(given)
        if path.is_dir():
            for _, _, names in os.walk(path):
                if not all(_is_plain(n) for n in names):
                    return None
                total += len(names)
        elif path.is_file() and _is_plain(path.name):
            total += 1
        else:
            return None
    return total


def _is_plain(name: str) -> bool:
    return name.lower().removesuffix(".gz").removesuffix(".zst").endswith((".txt", ".md"))
