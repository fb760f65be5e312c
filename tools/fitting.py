"""Fitting the weights of a linear judge that has one for each observation and value."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Callable

Key = tuple[str, str]
Example = tuple[list[Key], bool]


def fitted(
    examples: list[Example],
    *,
    pull: Callable[[Key], float],
    epochs: int,
    rate: float,
    seed: int,
    learnt: float,
) -> dict[Key, float]:
    """Logistic regression by AdaGrad over `examples`, which are shuffled in place.

    Each weight is drawn towards 0 by `pull`; an example with an error below `learnt` teaches nothing more.
    """
    weight: dict[Key, float] = defaultdict(float)
    squares: dict[Key, float] = defaultdict(lambda: 1e-6)
    shuffle = random.Random(seed)
    for _ in range(epochs):
        shuffle.shuffle(examples)
        for keys, truth in examples:
            z = max(-30.0, min(30.0, sum(weight[k] for k in keys)))
            error = 1 / (1 + math.exp(-z)) - truth
            if abs(error) < learnt:
                continue
            for k in keys:
                g = error + pull(k) * weight[k]
                squares[k] += g * g
                weight[k] -= rate * g / math.sqrt(squares[k])
    return weight
