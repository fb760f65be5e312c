"""Pipelines: build and update, on whatever runs them."""

from __future__ import annotations

from kg.pipeline.build import build
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
    "build",
    "runner_for",
]
