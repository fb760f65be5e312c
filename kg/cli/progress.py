"""How far a run is, on standard error: a bar on terminals, a line every half minute elsewhere."""

from __future__ import annotations

import logging
import threading
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

_LOG = logging.getLogger("kg.progress")
EVERY = 30.0  # seconds between lines where there is no terminal


class Bar:
    """Implements `kg.pipeline.progress.Progress`; use it as a context manager.

    The estimate comes from the articles done in the last half minute, so it follows the true pace.  Where
    standard error is no terminal, each stage is told when it begins and then every `every` seconds: in the
    log at level INFO where that is shown (``-v``), else as plain lines once a run takes longer than that.
    """

    def __init__(self, console: Console, *, every: float = EVERY) -> None:
        self._shown = console.is_terminal
        self._console = console
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
        self._begun = self._started = time.monotonic()
        self._name = ""
        self._total: int | None = None
        self._done = 0
        self._every = every
        self._ended = threading.Event()
        self._ticker: threading.Thread | None = None

    def __enter__(self) -> Bar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        if self._ticker is not None:
            self._ticker.join()
        self._progress.stop()

    def stage(self, name: str, total: int | None = None) -> None:
        """A new stage begins.  Threads are started with the second one: the first may fork."""
        if self._task is not None:
            self._start()
            self._finish()
        self._started, self._done = time.monotonic(), 0
        self._name, self._total = name, total
        self._task = self._progress.add_task(name, total=total, rate="")
        if not self._shown:
            _LOG.info("%s", name)

    def _start(self) -> None:
        self._progress.start()
        if not self._shown and self._ticker is None:
            self._ticker = threading.Thread(target=self._tick, name="progress", daemon=True)
            self._ticker.start()

    def _tick(self) -> None:
        while not self._ended.wait(self._every):
            line = self._line()
            if _LOG.isEnabledFor(logging.INFO):
                _LOG.info("%s", line)
            else:
                self._console.print(line, markup=False, highlight=False)

    def _line(self) -> str:
        """What is going on, how far it is and since when."""
        now = time.monotonic()
        parts = [self._name]
        if self._done:
            of = f" of {self._total:,}" if self._total else ""
            rate = self._done / max(now - self._started, 1e-3)
            parts.append(f"{self._done:,}{of} articles, {rate:,.0f}/s")
            if self._total and self._total > self._done:
                parts.append(f"about {(self._total - self._done) / rate:,.0f} s left")
        parts.append(f"{now - self._begun:,.0f} s since the start")
        return "; ".join(parts)

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
