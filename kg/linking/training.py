"""Fitting the linker's weights on gold annotations, and measuring its confidences by cross-validation.

The model is a conditional logit over a mention's candidates and "no item", fitted by gradient descent with
a pull towards the starting weights, since gold is small.  The temperature is fitted on held-out folds.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.errors import UsageError
from kg.linking.features import nil_vector
from kg.linking.linker import Linker, softmax
from kg.linking.weights import STARTING, Weights
from kg.model import Article, Lang, Mention, Understanding

_ROUNDS = 400
_RATE = 0.5
_TEMPERATURES = tuple(0.5 + 0.1 * n for n in range(26))
_PULL = 0.01  # strength of the pull towards the starting weights


@dataclass(frozen=True, slots=True)
class Example:
    """One gold mention: the candidates' features, and the indexes of right ones (empty: there is no item).

    ``authority`` names the authority that the candidates are of.
    """

    article: str
    vectors: tuple[tuple[float, ...], ...]
    nil: tuple[float, ...]
    right: frozenset[int]
    authority: str = ""


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far confidences can be believed, on folds that were not fitted on.

    ``bins`` are ``(from, count, mean confidence, share right)``; ``error`` is the expected calibration
    error, their mean distance weighed by count (Naeini et al. 2015).
    """

    examples: int
    accuracy: float
    error: float
    bins: tuple[tuple[float, int, float, float], ...]


def load_gold(directory: Path) -> dict[str, Mapping[str, object]]:
    """The gold documents of a directory, by id; UsageError where there are none, or one is no such thing."""
    found = {}
    for path in sorted(directory.glob("*.json")):
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
            found[str(document["id"])] = document
            _answers(document)
        except (ValueError, KeyError, TypeError, AttributeError) as e:
            raise UsageError(
                f"{path}: no gold annotations: {type(e).__name__} {e}",
                remedy="it is an object with id and entities, each of these with kind, zh or en, qid",
            ) from e
    if not found:
        raise UsageError(f"{directory}: no *.json gold files", remedy="name the folder of gold annotations")
    return found


def examples(
    linker: Linker,
    pairs: Iterable[tuple[str, Article, Understanding]],
    gold: Mapping[str, Mapping[str, object]],
    authority: str = "",
) -> list[Example]:
    """What can be learnt from the articles ``(gold id, article, understanding)`` that have gold.

    A find that touches nothing of the gold is no name, so no item is right for it: from these the linker
    learns to doubt names that nothing else in the article supports.
    """
    found: list[Example] = []
    for id, article, understanding in pairs:
        if id not in gold:
            continue
        answers, marked = _answers(gold[id])
        scored, _ = linker.score(article, understanding)
        for one in scored:
            accepted = _accepted(one.mention, answers, marked)
            if accepted is None or one.mention.quantity is not None:
                continue
            right = frozenset(n for n, c in enumerate(one.cases) if c.item.id in accepted)
            if not one.cases or (not right and "NIL" not in accepted):
                continue  # nothing to choose, or the right item is not in the authority
            found.append(Example(id, one.vectors, nil_vector(one.mention), right, authority))
    return found


_Answers = dict[tuple[str, str, str], frozenset[str]]


def _answers(document: Mapping[str, object]) -> tuple[_Answers, tuple[str, ...]]:
    """The right items by kind, language and surface, and all surfaces that are marked at all."""
    answers: _Answers = {}
    marked: list[str] = []
    entities = document["entities"]
    for entity in entities if isinstance(entities, list) else []:
        for lang in Lang:
            for surface in entity.get(lang.value) or ():
                marked.append(surface)
                if entity.get("qid") is not None:
                    items = frozenset({entity["qid"], *entity.get("also", ())})
                    answers[entity["kind"], lang.value, surface] = items
    return answers, tuple(marked)


def _accepted(mention: Mention, answers: _Answers, marked: Sequence[str]) -> frozenset[str] | None:
    """The items that are right for a mention, "NIL" among them if none is; None where gold does not tell."""
    surfaces = [(lang, s) for lang in Lang for s in mention.surfaces(lang)]
    for lang, surface in surfaces:
        items = answers.get((mention.kind.value, lang.value, surface))
        if items is not None:
            return items
    if any(surface in m or m in surface for _, surface in surfaces for m in marked):
        return None
    return _NOTHING


_NOTHING = frozenset({"NIL"})


def fit(data: Sequence[Example], start: Weights = STARTING) -> Weights:
    """Weights that make the gold choices likely, without straying far from `start`."""
    if not data:
        return start
    origin = (*start.item, *start.nil)
    weights = list(origin)
    width = len(start.item)
    for round in range(_ROUNDS):
        gradient = [_PULL * (o - w) for o, w in zip(origin, weights, strict=True)]
        now = dataclasses.replace(
            start, item=tuple(weights[:width]), nil=tuple(weights[width:]), temperature=1.0
        )
        for example in data:
            _add_gradient(gradient, example, now, 1 / len(data))
        rate = _RATE / (1 + round / 100)
        weights = [w + rate * g for w, g in zip(weights, gradient, strict=True)]
    return dataclasses.replace(start, item=tuple(weights[:width]), nil=tuple(weights[width:]))


def _add_gradient(gradient: list[float], example: Example, weights: Weights, share: float) -> None:
    probabilities, nil = softmax(example.vectors, example.nil, weights)
    width = len(weights.item)
    mass = sum(probabilities[n] for n in example.right) or 1.0
    for n, (p, values) in enumerate(zip(probabilities, example.vectors, strict=True)):
        wanted = p / mass if n in example.right else 0.0
        for k, v in enumerate(values):
            gradient[k] += share * (wanted - p) * v
    wanted = 0.0 if example.right else 1.0
    for k, v in enumerate(example.nil):
        gradient[width + k] += share * (wanted - nil) * v


def folds(data: Sequence[Example], count: int = 5) -> list[tuple[list[Example], list[Example]]]:
    """(training, held-out) pairs, split by article so that no article is on both sides."""
    names = sorted({e.article for e in data})
    parts = [set(names[n::count]) for n in range(count)]
    return [
        ([e for e in data if e.article not in part], [e for e in data if e.article in part]) for part in parts
    ]


def cross_validate(data: Sequence[Example]) -> tuple[Weights, dict[str, Calibration]]:
    """Weights fitted on all of the data, and for each authority how far confidences hold on held-out folds.

    The temperature is the one that calibrates best on the held-out folds of all.
    """
    held = [(fit(train), test) for train, test in folds(data) if test]
    temperature = min(_TEMPERATURES, key=lambda t: _log_loss(held, t))
    outcomes: dict[str, list[tuple[float, bool]]] = {e.authority: [] for e in data}
    for weights, test in held:
        for example in test:
            outcomes[example.authority].append(_outcome(example, weights, temperature))
    fitted_on = f"{len(data)} choices of {len({e.article for e in data})} articles"
    fitted = dataclasses.replace(fit(data), temperature=temperature, fitted_on=fitted_on)
    return fitted, {name: calibration(found) for name, found in outcomes.items()}


def _log_loss(held: Sequence[tuple[Weights, Sequence[Example]]], temperature: float) -> float:
    loss = 0.0
    for weights, test in held:
        at = dataclasses.replace(weights, temperature=temperature)
        for example in test:
            probabilities, nil = softmax(example.vectors, example.nil, at)
            right = sum(probabilities[n] for n in example.right) if example.right else nil
            loss -= math.log(max(right, 1e-9))
    return loss


def _outcome(example: Example, weights: Weights, temperature: float) -> tuple[float, bool]:
    at = dataclasses.replace(weights, temperature=temperature)
    probabilities, nil = softmax(example.vectors, example.nil, at)
    best = max(range(len(probabilities)), key=lambda n: probabilities[n])
    if nil >= probabilities[best]:
        return nil, not example.right
    return probabilities[best], best in example.right


def calibration(outcomes: Sequence[tuple[float, bool]], bins: int = 10) -> Calibration:
    """Summarise ``(confidence, right)`` pairs.

    >>> calibration([(0.9, True), (0.9, True)]).error
    0.1
    """
    rows = []
    for n in range(bins):
        low, high = n / bins, (n + 1) / bins
        inside = [o for o in outcomes if low <= o[0] < high or (n == bins - 1 and o[0] == 1.0)]
        if inside:
            mean = sum(c for c, _ in inside) / len(inside)
            rows.append((low, len(inside), mean, sum(r for _, r in inside) / len(inside)))
    total = len(outcomes) or 1
    error = sum(count * abs(mean - right) for _, count, mean, right in rows) / total
    return Calibration(len(outcomes), sum(r for _, r in outcomes) / total, round(error, 4), tuple(rows))
