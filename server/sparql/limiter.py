"""How often one client may ask: a token bucket for each address, told in RateLimit headers."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

from server.errors import HttpError

_REMEMBER = 10_000  # clients


class Limiter:
    """At most `a_minute` requests a minute and client, with bursts of as many; 0 is no limit.

    Each web worker process counts for itself.
    """

    def __init__(self, a_minute: int) -> None:
        self._rate = a_minute / 60
        self._most = float(a_minute)
        self._lock = threading.Lock()
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def check(self, client: str) -> list[tuple[str, str]]:
        """The headers that tell the client where it stands; HttpError 429 where it must wait."""
        if not self._most:
            return []
        now = time.monotonic()
        with self._lock:
            left, then = self._left.pop(client, (self._most, now))
            left = min(self._most, left + (now - then) * self._rate)
            allowed = left >= 1
            self._left[client] = (left - 1 if allowed else left, now)
            if len(self._left) > _REMEMBER:
                self._left.popitem(last=False)
        headers = [
            ("RateLimit-Policy", f'"default";q={int(self._most)};w=60'),
            ("RateLimit", self._tell(left)),
        ]
        if allowed:
            return headers
        wait = max(1, round((1 - left) / self._rate))
        raise HttpError(
            429,
            f"more than {int(self._most)} requests a minute",
            remedy=f"try again in {wait} s",
            headers={"Retry-After": str(wait), **dict(headers)},
        )

    def _tell(self, left: float) -> str:
        reset = round((self._most - left) / self._rate)
        return f'"default";r={max(0, int(left) - 1)};t={reset}'
