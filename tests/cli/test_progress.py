"""Progress where there is no terminal: lines, so that a long run is never silent."""

from __future__ import annotations

import io
import threading

from rich.console import Console

from kg.cli.progress import Bar


class _Told(io.StringIO):
    """Sets `enough` once two lines have been written."""

    def __init__(self) -> None:
        super().__init__()
        self.enough = threading.Event()

    def write(self, text: str) -> int:
        size = super().write(text)
        if self.getvalue().count("\n") >= 2:
            self.enough.set()
        return size


def test_a_run_without_a_terminal_says_how_far_it_is() -> None:
    out = _Told()
    with Bar(Console(file=out, width=200), every=0.01) as bar:
        bar.stage("Opening the authority")
        bar.stage("Converting", 1000)
        bar.advance(250)
        assert out.enough.wait(20)
    lines = out.getvalue().splitlines()
    assert lines[-1].startswith("Converting; 250 of 1,000 articles, ")
    assert " s left; " in lines[-1]
    assert lines[-1].endswith(" s since the start")


def test_a_short_run_without_a_terminal_says_nothing() -> None:
    out = io.StringIO()
    with Bar(Console(file=out)) as bar:
        bar.stage("Opening the authority")
        bar.stage("Converting")
        bar.advance(1)
    assert out.getvalue() == ""
