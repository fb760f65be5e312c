"""Fast structural checks of triples while they are built.

Every rule here has the name of a shape of ``ontology/shapes.ttl`` that says the same in SHACL; the invalid
examples of ``ontology/examples`` are caught by both, each for the reason in its name.  A check of an
article's triples takes a fraction of a millisecond; SHACL takes seconds.

>>> check('<http://a/1> <https://schema.org/inLanguage> "zh" .')
()
>>> check("<http://a/issue/1>")
Traceback (most recent call last):
kg.errors.ValidationError: line 1 is no N-Triples statement: <http://a/issue/1>
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kg.errors import ValidationError
from kg.rdf import names as n
from kg.rdf.constraints import CONSTRAINTS, At, Graph, Properties
from kg.rdf.rules import CLOSED, RULES, Rule

# By class: the rule of each predicate, and the predicates that must be there.
_BY_PREDICATE = {cls: {r.predicate: r for r in rules} for cls, rules in RULES.items()}
_NEEDED = {cls: {r.predicate for r in rules if r.least} for cls, rules in RULES.items()}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong: the node (a term), the name of the shape it breaks, and in words."""

    node: str
    shape: str
    message: str


def check(triples: str | bytes | Graph) -> tuple[Fault, ...]:
    """All faults of N-Triples as our writer writes them (one statement a line, single spaces), or of a graph
    that was read from such already.

    Nodes are checked by their classes; nodes without a class of ours pass.
    """
    graph = triples if isinstance(triples, dict) else read(triples)
    return tuple(fault for node, properties in graph.items() for fault in _faults(node, properties, graph))


def ensure(triples: str | bytes | Graph, *, of: str) -> None:
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
    for number, line in enumerate(text.split("\n"), start=1):
        if not line:
            continue
        subject, _, rest = line.partition(" ")
        predicate, _, obj = rest.partition(" ")
        if obj[-2:] != " ." or predicate[:1] != "<":
            raise ValidationError(f"line {number} is no N-Triples statement: {line[:120]}")
        properties = graph.get(subject)
        if properties is None:
            properties = graph[subject] = {}
        values = properties.get(predicate)
        if values is None:
            properties[predicate] = [obj[:-2]]
        else:
            values.append(obj[:-2])
    return graph


def _faults(node: str, properties: Properties, graph: Graph) -> Iterator[Fault]:
    at = At(node, properties, graph)
    for cls in properties.get(n.TYPE, ()):
        if cls not in _BY_PREDICATE:
            continue
        yield from _property_faults(node, properties, cls)
        for shape, constraint in CONSTRAINTS.get(cls, ()):
            for message in constraint(at):
                yield Fault(node, shape, message)


def _property_faults(node: str, properties: Properties, cls: str) -> Iterator[Fault]:
    by_predicate = _BY_PREDICATE[cls]
    if not _NEEDED[cls] <= properties.keys():
        for predicate, rule in by_predicate.items():
            if rule.least and predicate not in properties:
                yield Fault(node, rule.shape, f"has no {predicate}")
    shape, others = CLOSED.get(cls, ("", None))
    for predicate, values in properties.items():
        held = by_predicate.get(predicate)
        if held is not None:
            if len(values) == 1 and (held.value is None or held.value(values[0])):
                continue  # as it is nearly always
            message = _broken(held, values)
            if message:
                yield Fault(node, held.shape, message)
        elif others is not None and predicate not in others:
            yield Fault(node, shape, f"has {predicate}, which is not for it")


def _broken(rule: Rule, values: list[str]) -> str | None:
    if rule.most is not None and len(values) > rule.most:
        return f"has {len(values)} of {rule.predicate}, and may have {rule.most}"
    if rule.one_a_language and len(values) > 1:
        tags = [v.rpartition("@")[2] for v in values]
        if len(set(tags)) < len(values):
            return f"has several of {rule.predicate} in one language"
    test = rule.value
    if test is not None:
        for value in values:
            if not test(value):
                return f"{rule.predicate} is {value[:100]}"
    return None
