"""Fast structural checks of triples while they are built.

Every rule here has the name of a shape of ``ontology/shapes.ttl`` that says the same in SHACL; the invalid
examples of ``ontology/examples`` are caught by both, each for the reason in its name.  A check of an
article's triples takes a fraction of a millisecond; SHACL takes seconds.

>>> check('<http://a/1> <https://schema.org/inLanguage> "zh" .')
()
>>> check('<http://a/issue/1> a <b> .')  # doctest: +ELLIPSIS
Traceback (most recent call last):
...
kg.errors.ValidationError: line 1 is no N-Triples statement...
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kg.errors import ValidationError
from kg.rdf import names as n
from kg.rdf.constraints import CONSTRAINTS, At, Graph, Properties
from kg.rdf.rules import CLOSED, RULES, Rule


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong: the node (a term), the name of the shape it breaks, and in words."""

    node: str
    shape: str
    message: str


def check(triples: str | bytes) -> tuple[Fault, ...]:
    """All faults of N-Triples as our writer writes them (one statement a line, single spaces).

    Nodes are checked by their classes; nodes without a class of ours pass.
    """
    graph = read(triples)
    return tuple(fault for node, properties in graph.items() for fault in _faults(node, properties, graph))


def ensure(triples: str | bytes, *, of: str) -> None:
    """Raise `ValidationError` with the first faults, if there are any; `of` names what was checked."""
    faults = check(triples)
    if faults:
        told = "; ".join(f"{f.node} {f.shape}: {f.message}" for f in faults[:3])
        more = f" (and {len(faults) - 3} more)" if len(faults) > 3 else ""
        raise ValidationError(f"{of}: {told}{more}", remedy="report it with the input file")


def read(triples: str | bytes) -> Graph:
    """Triples by subject and predicate, all of them terms."""
    text = triples.decode() if isinstance(triples, bytes) else triples
    graph: Graph = {}
    number = 0
    for line in text.split("\n"):
        number += 1
        if not line:
            continue
        parts = line.split(" ", 2)
        if len(parts) != 3 or not parts[2].endswith(" .") or not parts[1].startswith("<"):
            raise ValidationError(f"line {number} is no N-Triples statement: {line[:120]}")
        subject, predicate, obj = parts
        graph.setdefault(subject, {}).setdefault(predicate, []).append(obj[:-2])
    return graph


def _faults(node: str, properties: Properties, graph: Graph) -> Iterator[Fault]:
    at = At(node, properties, graph)
    for cls in properties.get(n.TYPE, ()):
        for rule in RULES.get(cls, ()):
            message = _broken(rule, properties.get(rule.predicate, ()))
            if message:
                yield Fault(node, rule.shape, message)
        closed = CLOSED.get(cls)
        if closed is not None:
            for predicate in properties:
                if predicate not in closed[1]:
                    yield Fault(node, closed[0], f"has {predicate}, which is not for it")
        for shape, constraint in CONSTRAINTS.get(cls, ()):
            for message in constraint(at):
                yield Fault(node, shape, message)


def _broken(rule: Rule, values: list[str] | tuple[()]) -> str | None:
    count = len(values)
    if count < rule.least:
        return f"has {count} of {rule.predicate}, and needs {rule.least}"
    if rule.most is not None and count > rule.most:
        return f"has {count} of {rule.predicate}, and may have {rule.most}"
    if rule.one_a_language and count > 1:
        tags = [v.rpartition("@")[2] for v in values]
        if len(set(tags)) < count:
            return f"has several of {rule.predicate} in one language"
    for value in values:
        if rule.value is not None and not rule.value(value):
            return f"{rule.predicate} is {value[:100]}"
    return None
