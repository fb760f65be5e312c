"""Killed, out of space, or two at once: what is published stays whole, and the next run works.

Runs are real processes that die by SIGKILL: just before one of their operations on files, which are counted
by an audit hook so that every stage is hit, and at random moments.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.errors import ReleaseError
from kg.pipeline.convert import Converter
from kg.pipeline.runner import InProcess, Processes, WorkerDied
from kg.pipeline.update import update
from kg.settings import Settings
from kg.store.releases import Release, Releases

from .driver import FULL
from .releases import assert_whole
from .test_update import TEXTS

KILLS = 8  # of each kind, for each command
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def root() -> Iterator[Path]:
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="dateline-", dir=memory if memory.is_dir() else None))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[subprocess.Popen[str]]:
    arguments = [sys.executable, "-m", "tests.pipeline.driver", str(tmp_path_factory.mktemp("none"))]
    with subprocess.Popen(
        arguments,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
    ) as process:
        yield process
        assert process.stdin
        process.stdin.close()


class Desk:
    """A published release, and inputs that have changed since."""

    def __init__(self, root: Path, driver: subprocess.Popen[str]) -> None:
        self.root, self.inputs, self.data = root, root / "in", root / "data"
        self.releases, self.driver = Releases(self.data), driver
        self.inputs.mkdir()
        for name in ("hanoi", "hanoi2", "beijing", "flood"):
            (self.inputs / name).write_text(TEXTS[name], encoding="utf-8")
        assert self.run("build") == 0
        (self.inputs / "flood").write_text(TEXTS["flood2"], encoding="utf-8")
        (self.inputs / "beijing").unlink()

    def say(self, command: str, how: str = "", value: float = 0) -> None:
        assert self.driver.stdin
        self.driver.stdin.write(json.dumps([command, str(self.inputs), str(self.data), how, value]) + "\n")
        self.driver.stdin.flush()

    def hear(self) -> int:
        assert self.driver.stdout
        return int(self.driver.stdout.readline())

    def run(self, command: str, how: str = "", value: float = 0) -> int:
        self.say(command, how, value)
        return self.hear()

    def operations(self, command: str) -> tuple[int, int]:
        """How many operations on files the command takes, and which of them publishes."""
        self.say(command, "count")
        count, published = self.hear(), self.hear()
        assert self.hear() == 0
        return count, published

    def whole(self) -> Release:
        """What is published, checked byte by byte."""
        current = self.releases.require()
        assert self.releases.verify(current) == []
        return current


@pytest.fixture
def desk(root: Path, driver: subprocess.Popen[str]) -> Desk:
    return Desk(root, driver)


@pytest.mark.slow
@pytest.mark.parametrize("command", ["build", "update"])
def test_killed_before_an_operation(desk: Desk, command: str) -> None:
    first = desk.whole().id
    shutil.copytree(desk.data, desk.root / "safe", symlinks=True)
    total, published = desk.operations(command)
    assert 20 < published < total
    kept = {True: 0, False: 0}
    # Those about the one that publishes are all tried, those before and after it by sample.
    before = random.sample(range(1, published - 3), KILLS)
    after = random.sample(range(published + 3, total + 1), min(KILLS // 2, total - published - 2))
    for number in sorted({*before, *range(published - 3, published + 3), *after}):
        shutil.rmtree(desk.data)
        shutil.copytree(desk.root / "safe", desk.data, symlinks=True)
        code = desk.run(command, "die", number)
        assert code == -signal.SIGKILL or (code == 0 and number > total - 3)  # one or two fewer this time
        kept[desk.whole().id == first] += 1
        if number % 5 == 0:  # over what the killed run left
            assert desk.run(command) == 0
            assert desk.releases.unfinished() == []
    assert kept[True] >= KILLS
    assert kept[False] > 1
    assert_whole(desk.whole())


@pytest.mark.slow
@pytest.mark.parametrize("command", ["build", "update"])
def test_killed_at_random(desk: Desk, command: str) -> None:
    started = time.monotonic()
    assert desk.run(command) == 0
    duration = time.monotonic() - started
    codes = []
    for _ in range(KILLS):
        (desk.inputs / "flood").write_text(TEXTS[random.choice(("flood", "flood2"))], encoding="utf-8")
        codes.append(desk.run(command, "after", random.uniform(0, duration)))
        desk.whole()
    assert set(codes) <= {0, -signal.SIGKILL}
    assert -signal.SIGKILL in codes
    (desk.inputs / "hanoi").write_text(TEXTS["hanoi3"], encoding="utf-8")
    before = desk.whole().id
    assert desk.run(command) == 0
    assert desk.whole().id != before
    assert_whole(desk.whole())
    assert desk.releases.unfinished() == []


@pytest.mark.slow
@pytest.mark.parametrize("command", ["build", "update"])
@pytest.mark.parametrize("size", [1_000, 150_000])
def test_no_space_left(desk: Desk, command: str, size: int) -> None:
    """No file may grow beyond `size`, which ends in the errors that a full disk ends in."""
    before = desk.whole().id
    assert desk.run(command, "limit", size) == FULL
    assert desk.whole().id == before
    assert desk.releases.unfinished() == []
    assert desk.run(command) == 0
    assert desk.whole().id != before


def test_two_at_once(desk: Desk, converter: Converter) -> None:
    with desk.releases.work("build"):
        with pytest.raises(ReleaseError, match=rf"process {os.getpid()} \(build\) is at work there"):
            update([desk.inputs], Settings(data=desk.data), converter=converter, runner=InProcess())
        desk.whole()
    assert desk.run("update") == 0


def fatal(batch: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return batch


def test_a_killed_worker_ends_the_run() -> None:
    with pytest.raises(WorkerDied, match=r"worker process \d+ ended with code -9; nothing was published"):
        list(Processes(2).run(fatal, [1, 2, 3]))
