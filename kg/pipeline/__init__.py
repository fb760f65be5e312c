"""Pipelines: build and update, on whatever runs them.

What is named here is imported when it is first asked for: the server compares releases and asks for
judgements, and need not wait for all that understanding articles takes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.faces import on_demand

if TYPE_CHECKING:
    from kg.pipeline.convert import Batch, BatchResult, Converted, Converter
    from kg.pipeline.report import BuildReport, Counts
    from kg.pipeline.runner import InProcess, Processes, Runner, runner_for

__all__ = [
    "Batch",
    "BatchResult",
    "BuildReport",
    "Converted",
    "Converter",
    "Counts",
    "InProcess",
    "Processes",
    "Runner",
    "runner_for",
]
__getattr__ = on_demand(
    __name__,
    {
        "Batch": "convert",
        "BatchResult": "convert",
        "Converted": "convert",
        "Converter": "convert",
        "BuildReport": "report",
        "Counts": "report",
        "InProcess": "runner",
        "Processes": "runner",
        "Runner": "runner",
        "runner_for": "runner",
    },
)
