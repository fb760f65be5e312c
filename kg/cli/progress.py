"""A progress bar on standard error: shown on terminals, silent elsewhere."""

from __future__ import annotations

import time
from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)


class Bar:
    """Implements `kg.pipeline.progress.Progress`; use it as a context manager.

    The estimate comes from the articles done in the last half minute, so it follows the true pace.
    """

    def __init__(self, console: Console) -> None:
        self._shown = console.is_terminal
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console,
            disable=not self._shown,
            speed_estimate_period=30,
        )
        self._task: TaskID | None = None
        self._started = 0.0
        self._done = 0

    def __enter__(self) -> Bar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def stage(self, name: str, total: int | None = None) -> None:
        """A new stage begins.  The bar's thread starts with the second one: the first may fork."""
        if self._task is not None:
            self._progress.start()
            self._finish()
        self._started, self._done = time.monotonic(), 0
        self._task = self._progress.add_task(name, total=total, rate="")

    def _finish(self) -> None:
        if self._task is not None:
            total = max(self._done, 1)
            self._progress.update(self._task, total=total, completed=total)

    def advance(self, n: int) -> None:
        """`n` more articles are done."""
        self._done += n
        if self._task is not None and self._shown:
            seconds = max(time.monotonic() - self._started, 1e-3)
            self._progress.update(self._task, advance=n, rate=f"{self._done / seconds:,.0f}/s")
