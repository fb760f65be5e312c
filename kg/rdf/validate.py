"""Full SHACL validation, in a process of its own.

For samples, tests and ``kg validate``: SHACL takes seconds where :func:`kg.rdf.check.check`, which says the
same of an article while it is built, takes a fraction of a millisecond.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from kg.errors import UsageError, ValidationError
from kg.resources import ontology_dir

_TOLD = 2000
_UNREADABLE = 3  # as `kg.rdf.shacl` ends then; importing it would bring in rdflib


@dataclass(frozen=True, slots=True)
class Result:
    """One finding: the node, the shape it breaks (its local name), how grave it is, and messages by
    language.  ``component`` is the SHACL constraint component; ``path`` and ``value`` may be None.
    """

    node: str
    shape: str
    component: str
    severity: str
    path: str | None
    value: str | None
    messages: dict[str, str]

    def message(self, lang: str = "en") -> str:
        """The message in `lang`, else in any language."""
        return self.messages.get(lang) or next(iter(self.messages.values()), self.shape)


@dataclass(frozen=True, slots=True)
class Report:
    """What a validation found.  It conforms when there is no violation; lesser findings are listed."""

    conforms: bool
    triples: int
    results: tuple[Result, ...]

    def counts(self) -> dict[str, int]:
        """How many findings of each severity."""
        return dict(Counter(r.severity for r in self.results))

    def json(self) -> str:
        """The report as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=2)

    def text(self, lang: str = "en") -> str:
        """The report for reading: a line of summary, then three lines a finding, gravest first."""
        head = f"{'conforms' if self.conforms else 'does not conform'}: {self.triples:,} triples"
        counts = self.counts()
        if counts:
            head += ", " + ", ".join(f"{counts[s]:,} {s.lower()}" for s in _SEVERITIES if s in counts)
        lines = [head]
        for r in sorted(self.results, key=lambda r: _SEVERITIES.index(r.severity)):
            lines.append(f"{r.severity}: {r.message(lang)}  [{r.shape}]")
            lines.append(f"  at {r.node}")
            if r.path or r.value:
                lines.append(f"  {r.path or ''} {r.value or ''}".rstrip())
        return "\n".join(lines)


_SEVERITIES = ("Violation", "Warning", "Info")


def validate(
    data: Sequence[Path] | Path | bytes,
    shapes: Path | None = None,
    *,
    ontology: Path | None = None,
    timeout: float | None = None,
) -> Report:
    """Validate files (``.ttl .nt .rdf .jsonld .nq .trig``, also ``.gz`` and ``.zst``) or N-Triples bytes
    against `shapes` (ours by default), all of the data as one graph.

    `UsageError` where a file cannot be read as RDF; `ValidationError` where the run does not end within
    `timeout` seconds.
    """
    if isinstance(data, bytes):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "data.nt"
            file.write_bytes(data)
            return _run([[file]], shapes, ontology, timeout)[0]
    return _run([[data] if isinstance(data, Path) else list(data)], shapes, ontology, timeout)[0]


def validate_each(
    files: Sequence[Path],
    shapes: Path | None = None,
    *,
    ontology: Path | None = None,
    timeout: float | None = None,
) -> dict[Path, Report]:
    """Validate each file as a graph of its own, in one process; otherwise as :func:`validate`."""
    return dict(zip(files, _run([[f] for f in files], shapes, ontology, timeout), strict=True))


def _run(
    graphs: list[list[Path]], shapes: Path | None, ontology: Path | None, timeout: float | None
) -> list[Report]:
    job = {
        "graphs": [[str(file) for file in graph] for graph in graphs],
        "shapes": str(shapes or ontology_dir() / "shapes.ttl"),
        "ontology": str(ontology or ontology_dir() / "dateline.ttl"),
    }
    names = ", ".join(str(file) for graph in graphs[:3] for file in graph[:3])
    try:
        done = subprocess.run(
            [sys.executable, "-m", "kg.rdf.shacl"],
            input=json.dumps(job),
            capture_output=True,
            encoding="utf-8",
            timeout=timeout,
            check=False,
            env={**os.environ, "PYTHONUTF8": "1", "PYTHONWARNINGS": "ignore"},
        )
    except subprocess.TimeoutExpired as e:
        raise ValidationError(f"validating {names} took over {timeout} s", remedy="validate fewer") from e
    if done.returncode == _UNREADABLE:
        raise UsageError(done.stderr.strip().splitlines()[-1], remedy="mend the file, or name another")
    if done.returncode != 0:
        raise ValidationError(
            f"validating {names} failed: {done.stderr.strip()[-_TOLD:]}", remedy="mend the file named above"
        )
    return [
        Report(said["conforms"], said["triples"], tuple(Result(**r) for r in said["results"]))
        for said in json.loads(done.stdout)
    ]
