"""The wheel has everything that it needs: it works in an environment of its own, from an empty directory."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from .test_update import TEXTS

ROOT = Path(__file__).resolve().parents[2]


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    # Nothing of this checkout or its environment may help.
    kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV") and k[:3] != "KG_"}
    done = subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, timeout=600, env={**kept, **environment}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_the_wheel_works_from_an_empty_directory(tmp_path: Path) -> None:
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", tmp_path, ROOT,
        cwd=tmp_path, PIP_CONSTRAINT=str(ROOT / "constraints.txt"))  # fmt: skip
    (wheel,) = tmp_path.glob("dateline-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert not [n for n in names if re.match(r"(tests|samples|docs|tools|benchmarks)/", n)]
    # Its dependencies are those of this environment, found behind its own packages; nothing is fetched.
    run(sys.executable, "-m", "venv", "--without-pip", tmp_path / "env", cwd=tmp_path)
    (site,) = (tmp_path / "env/lib").glob("python3*/site-packages")
    run(sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", site, wheel, cwd=tmp_path)
    import click

    (site / "dependencies.pth").write_text(f"{Path(click.__file__).parents[1]}\n")
    empty = tmp_path / "empty"
    empty.mkdir()
    python = tmp_path / "env/bin/python"
    where = run(python, "-c", "import kg, server; print(kg.__file__, server.__file__)", cwd=empty)
    assert where.count(str(site)) == 2
    (empty / "a.txt").write_text(TEXTS["hanoi"], encoding="utf-8")
    kg = (python, "-c", "from kg.cli import main; main()")
    built = run(*kg, "build", "a.txt", cwd=empty)
    assert "1 read = 1 converted" in built
    found = run(*kg, "query", "SELECT ?s { ?s a schema:NewsArticle }", cwd=empty)
    assert "article/1953-12-14/4/" in found
    run(*kg, "releases", "verify", cwd=empty)
    page = (
        "from kg.settings import Settings; from server.app import create_app;"
        "print(create_app(Settings()).test_client().get('/healthz').status_code)"
    )
    assert run(python, "-c", page, cwd=empty).strip() == "200"
