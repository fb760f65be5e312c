"""How much one client may ask: a token bucket and a number of running queries, told in RateLimit headers.

This machine itself, where no proxy says whom it asks for, has a thousand times the usual limits, so that
tests, benchmarks and scripts beside the server are not held up; a limit that is set holds for all.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable

from server.errors import HttpError

USUAL_RATE = 600  # requests a minute
USUAL_QUERIES = 10  # running at once
LOCAL = "local"
"""The name of all clients on this machine."""
_MORE = 1000  # times what others may
_REMEMBER = 10_000  # clients


class Limiter:
    """At most `a_minute` requests a minute and client, with bursts of as many; 0 is no limit.

    Each web worker process counts for itself.
    """

    def __init__(self, a_minute: int | None) -> None:
        usual = USUAL_RATE if a_minute is None else a_minute
        self._rate = usual
        self._local = usual * _MORE if a_minute is None else usual
        self._policies = {n: ("RateLimit-Policy", f'"default";q={n};w=60') for n in (self._rate, self._local)}
        self._lock = threading.Lock()
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def check(self, client: str) -> list[tuple[str, str]]:
        """The headers that tell the client where it stands; HttpError 429 where it must wait."""
        most = self._local if client == LOCAL else self._rate
        if not most:
            return []
        now = time.monotonic()
        with self._lock:
            left, then = self._left.pop(client, (float(most), now))
            left = min(most, left + (now - then) * most / 60)
            allowed = left >= 1
            left -= allowed
            self._left[client] = (left, now)
            if len(self._left) > _REMEMBER:
                self._left.popitem(last=False)
        headers = [
            self._policies[most],
            ("RateLimit", f'"default";r={int(left)};t={round((most - left) * 60 / most)}'),
        ]
        if allowed:
            return headers
        wait = max(1, round((1 - left) * 60 / most))
        raise HttpError(
            429,
            f"more than {most} requests a minute",
            remedy=f"try again in {wait} s",
            headers={"Retry-After": str(wait), **dict(headers)},
        )


class Slots:
    """At most `most` queries of one client run at once; 0 is no limit."""

    def __init__(self, most: int | None) -> None:
        usual = USUAL_QUERIES if most is None else most
        self._most = usual
        self._local = usual * _MORE if most is None else usual
        self._lock = threading.Lock()
        self._running: Counter[str] = Counter()

    def enter(self, client: str) -> None:
        """Begin a query; HttpError 429 where the client has too many running."""
        most = self._local if client == LOCAL else self._most
        with self._lock:
            if most and self._running[client] >= most:
                raise HttpError(
                    429,
                    f"more than {most} queries of yours are running",
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
