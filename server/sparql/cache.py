"""Answers remembered while a release is served: the same query over the same release has the same answer."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from typing import NamedTuple


class Stored(NamedTuple):
    """A whole answer; ``body`` as it goes out, in ``encoding`` where that is not empty.

    ``headers`` are those beside the ones that every answer has.
    """

    media_type: str
    body: bytes
    rows: int
    encoding: str = ""
    headers: tuple[tuple[str, str], ...] = ()


def digest(*parts: str) -> str:
    """A short name of the answer that `parts` tell from all others: its key here, and its ETag."""
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()


_REMEMBERED = 10_000  # keys


class ResultCache:
    """Least recently used answers, up to `size` bytes together; answers above a tenth of it are not kept.

    Most questions are asked once, and their answers would push out those that are asked again: whoever
    can easily answer anew keeps only what is `asked_again` (a doorkeeper: Einziger, Friedman and Manes,
    TinyLFU, 2017).
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._held = 0
        self._lock = threading.Lock()
        self._stored: OrderedDict[str, Stored] = OrderedDict()
        self._asked: set[str] = set()
        self._asked_before: set[str] = set()  # the ones before these
        self.hits = self.misses = 0

    @property
    def held(self) -> int:
        """Bytes that are kept now."""
        return self._held

    @property
    def largest(self) -> int:
        """The largest answer that is kept, in bytes."""
        return self._size // 10

    def get(self, key: str) -> Stored | None:
        """The answer, or None."""
        stored = self.find(key)
        if stored is None:
            with self._lock:
                self.misses += 1
        return stored

    def find(self, key: str) -> Stored | None:
        """As `get`, for one who will `get` it where it is not found: it counts as a miss only then."""
        with self._lock:
            stored = self._stored.get(key)
            if stored is not None:
                self._stored.move_to_end(key)
                self.hits += 1
            return stored

    def was_asked(self, key: str) -> bool:
        """Whether there is an answer, or there was one of late."""
        with self._lock:
            return key in self._stored or self._was_asked(key)

    def _was_asked(self, key: str) -> bool:
        return key in self._asked or key in self._asked_before

    def asked_again(self, key: str) -> bool:
        """Whether this was told before that `key` was asked for, and answered; of ten thousand at least."""
        with self._lock:
            if self._was_asked(key):
                return True
            if len(self._asked) >= _REMEMBERED:
                self._asked, self._asked_before = set(), self._asked
            self._asked.add(key)
            return False

    def put(self, key: str, stored: Stored) -> None:
        """Keep an answer, dropping the ones that were not asked for longest."""
        weight = len(stored.body) + len(key)
        if weight > self.largest:
            return
        with self._lock:
            old = self._stored.pop(key, None)
            self._held += weight - (len(old.body) + len(key) if old else 0)
            self._stored[key] = stored
            while self._held > self._size:
                dropped, gone = self._stored.popitem(last=False)
                self._held -= len(gone.body) + len(dropped)

    def clear(self) -> None:
        """Forget all, when another release is served."""
        with self._lock:
            self._stored.clear()
            self._asked, self._asked_before = set(), set()
            self._held = 0
