"""How much one client may ask: a token bucket and a number of what runs at once, told in RateLimit headers.

This machine itself, where no proxy says whom it asks for, has a thousand times the usual limits, so that
tests, benchmarks and scripts beside the server are not held up; a limit that is set holds for all.
"""

from __future__ import annotations

import math
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable

from server.errors import HttpError

USUAL_RATE = 600  # queries a minute
USUAL_PAGES = 6000  # a minute: more than one reader gets who asks for one after another
USUAL_QUERIES = 10  # running at once
LOCAL = "local"
"""The name of all clients on this machine."""
_MORE = 1000  # times what others may
_REMEMBER = 10_000  # clients


class Limiter:
    """At most `a_minute` requests a minute and client, with bursts of as many; 0 is no limit.

    None is the `usual` limit; `name` is that of the policy in the headers.  Each web worker process counts
    for itself.
    """

    def __init__(self, a_minute: int | None, *, usual: int = USUAL_RATE, name: str = "default") -> None:
        self._rate = usual if a_minute is None else a_minute
        self._local = usual * _MORE if a_minute is None else a_minute
        self._name = name
        both = (self._rate, self._local)
        self._policies = {n: ("RateLimit-Policy", f'"{name}";q={n};w=60') for n in both}
        self._lock = threading.Lock()
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def check(self, client: str, cost: int = 1) -> list[tuple[str, str]]:
        """The headers that tell the client where it stands; HttpError 429 where it must wait.

        `cost` is how many requests it counts for; what costs more than all of a minute's takes all.
        """
        most = self._local if client == LOCAL else self._rate
        if not most:
            return []
        cost = min(cost, most)
        now = time.monotonic()
        with self._lock:
            left, then = self._left.pop(client, (float(most), now))
            left = min(most, left + (now - then) * most / 60)
            allowed = left >= cost
            left -= cost * allowed
            self._left[client] = (left, now)
            if len(self._left) > _REMEMBER:
                self._left.popitem(last=False)
        headers = [
            self._policies[most],
            ("RateLimit", f'"{self._name}";r={int(left)};t={round((most - left) * 60 / most)}'),
        ]
        if allowed:
            return headers
        wait = max(1, math.ceil((cost - left) * 60 / most))
        counts = f", of which this counts for {cost}" if cost > 1 else ""
        raise HttpError(
            429,
            f"more than {most} requests a minute{counts}",
            remedy=f"try again in {wait} s",
            headers={"Retry-After": str(wait), **dict(headers)},
        )


class Slots:
    """At most `most` queries of one client run at once; 0 is no limit.  `what` is what they are called."""

    def __init__(self, most: int | None, what: str = "queries of yours are running") -> None:
        usual = USUAL_QUERIES if most is None else most
        self._most = usual
        self._local = usual * _MORE if most is None else usual
        self._what = what
        self._lock = threading.Lock()
        self._running: Counter[str] = Counter()

    def enter(self, client: str) -> None:
        """Begin a query; HttpError 429 where the client has too many running."""
        most = self._local if client == LOCAL else self._most
        with self._lock:
            if most and self._running[client] >= most:
                raise HttpError(
                    429,
                    f"more than {most} {self._what}",
                    remedy="wait until one has ended",
                    headers={"Retry-After": "2"},
                )
            self._running[client] += 1

    def leave(self, client: str) -> None:
        """End a query."""
        with self._lock:
            self._running[client] -= 1
            if self._running[client] <= 0:
                del self._running[client]

    def leaving(self, client: str, then: Callable[[], None]) -> Callable[[], None]:
        """`then`, and the end of the query; counts once, however often it is called."""
        open_ = [True]

        def close() -> None:
            if open_:
                open_.clear()
                self.leave(client)
            then()

        return close
