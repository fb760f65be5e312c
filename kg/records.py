"""Frozen records that cost little to make.

Hundreds of small records an article pass between the stages, and making them was a twentieth of what it takes
to understand it: the ``__init__`` that `dataclasses` writes for a frozen class calls ``object.__setattr__``
once a field.
"""

from __future__ import annotations

import dataclasses
from typing import Any, TypeVar

T = TypeVar("T")
_become = object.__dict__["__class__"].__set__  # past the lock of the class


def quick(record: type[T]) -> type[T]:
    """A frozen dataclass with slots, made in a third of the time; nothing else of it changes.

    While its fields are filled the new record is of a twin class, which has the same slots and no lock; then
    it becomes what it is for good.  For classes without ``__post_init__`` and default factories.

    >>> @quick
    ... @dataclasses.dataclass(frozen=True, slots=True)
    ... class Point:
    ...     x: int
    ...     y: int = 0
    >>> Point(3) == Point(x=3, y=0), Point(3).__class__ is Point
    (True, True)
    >>> Point(3).x = 4
    Traceback (most recent call last):
    dataclasses.FrozenInstanceError: cannot assign to field 'x'
    """
    fields = dataclasses.fields(record)  # type: ignore[arg-type]
    names = [f.name for f in fields]
    known: dict[str, Any] = {
        "_become": _become,
        "_twin": type(record.__name__, (), {"__slots__": tuple(names)}),
        "_record": record,
        **{f"_default_{f.name}": f.default for f in fields},
    }
    given = (n if known[f"_default_{n}"] is dataclasses.MISSING else f"{n}=_default_{n}" for n in names)
    lines = [
        f"def __init__(self, {', '.join(given)}):",
        " _become(self, _twin)",
        *(f" self.{name} = {name}" for name in names),
        " _become(self, _record)",
    ]
    exec("\n".join(lines), known)  # noqa: S102  # names of fields only, as `dataclasses` does it
    made = known["__init__"]
    made.__qualname__ = f"{record.__qualname__}.__init__"
    made.__annotations__ = {**{f.name: f.type for f in fields}, "return": None}
    record.__init__ = made  # type: ignore[method-assign]
    return record
