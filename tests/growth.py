"""How the time that work takes grows with the size of its input."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

TRIES = 5
AT_MOST = 1.5  # the exponent: linear work has 1, quadratic 2
TICK = 0.005  # seconds of CPU that tell nothing


def assert_grows_with_size_only(work: Callable[[int], object], small: int, large: int) -> None:
    """Fails when `work(n)`, n from `small` to `large`, takes CPU time that grows faster than n ** 1.5.

    It compares two durations of one process, never one with a clock's figure, and tries again, keeping the
    quickest of each size, since others on the machine only ever make work slower.
    """
    work(small)
    quick = slow = float("inf")
    for _ in range(TRIES):
        quick = min(quick, _seconds(work, small))
        slow = min(slow, _seconds(work, large))
        if slow <= (quick + TICK) * (large / small) ** AT_MOST:
            return
    raise AssertionError(f"{small:,} take {quick:.3f} s of CPU, {large:,} take {slow:.3f}")


def _seconds(work: Callable[[int], object], size: int) -> float:
    """CPU time without looking for cycles, which costs three times as much beyond some number of objects."""
    gc.collect()
    gc.disable()
    try:
        started = time.process_time()
        work(size)
        return time.process_time() - started
    finally:
        gc.enable()
