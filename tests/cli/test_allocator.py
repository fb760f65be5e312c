"""Long work gets the better allocator where the machine has it, and never against anybody's will."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kg import allocator

HERE = allocator.preloaded({})
on_this_machine = pytest.mark.skipif(not HERE, reason="libtcmalloc-minimal4 is not installed")
TELL = "import sys; print(sys.argv[1:], 'libtcmalloc' in open('/proc/self/maps').read())"


def run(code: str, *arguments: str, **environ: str) -> str:
    own = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, env={**own, **environ}, capture_output=True, text=True, check=True)
    assert not done.stderr
    return done.stdout.strip()


def test_a_library_is_taken_where_distributions_put_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allocator, "_places", lambda: [tmp_path / "none", tmp_path])
    assert allocator.preloaded({}) == {}
    (tmp_path / "libtcmalloc_minimal.so.4").touch()
    assert allocator.preloaded({}) == {"LD_PRELOAD": str(tmp_path / "libtcmalloc_minimal.so.4")}
    assert allocator.preloaded({"LD_PRELOAD": ""}) == {}


@on_this_machine
def test_a_process_begins_again_with_it() -> None:
    code = f"from kg import allocator; allocator.take(); {TELL}"
    assert run(code, "build", "a b.txt") == "['build', 'a b.txt'] True"
    assert run(code, "build", LD_PRELOAD="") == "['build'] False"


@on_this_machine
def test_of_the_commands_build_has_it() -> None:
    at_exit = "import atexit; atexit.register(lambda: print('libtcmalloc' in open('/proc/self/maps').read()))"
    code = f"{at_exit}; from kg.__main__ import run; run()"
    assert run(code, "build", "--help").endswith("True")
    assert run(code, "query", "--help").endswith("False")
