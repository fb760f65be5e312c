"""Servers for benchmarks: stores of any size, ours and ``oxigraph serve`` over the same one, wrk."""

from __future__ import annotations

import contextlib
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from kg.store import OxigraphSink
from kg.vocab import XSD

BIN = Path(sys.executable).parent
E = "http://e.example/"
_CHUNK = 2000  # articles


def article(n: int, rng: random.Random) -> str:
    """About 40 statements: an article with mentions of things, a few of which are in most articles."""
    a = f"<{E}article/{n}>"
    date = f"{1946 + n % 58}-{1 + n % 12:02}-{1 + n % 28:02}"
    lines = [
        f"{a} <{E}type> <{E}Article> .",
        f'{a} <{E}headline> "题目 {n} 号"@zh .',
        f'{a} <{E}headline> "Headline number {n}"@en .',
        f'{a} <{E}date> "{date}"^^<{XSD}date> .',
    ]
    for m in range(6):
        entity = f"<{E}entity/{int(rng.paretovariate(0.6)) % 50_000}>"
        mention = f"<{E}article/{n}#m{m}>"
        lines += [
            f"{a} <{E}mentions> {entity} .",
            f"{a} <{E}hasMention> {mention} .",
            f"{mention} <{E}entity> {entity} .",
            f'{mention} <{E}spans> "zh:{m}-{m + 4}" .',
            f'{mention} <{E}surface> "名称{m}"@zh .',
            f'{mention} <{E}confidence> "0.{rng.randrange(100, 999)}"^^<{XSD}decimal> .',
        ]
    return "\n".join(lines) + "\n"


def build(path: Path, statements: int) -> None:
    """A store of about so many statements, compacted; kept if it is there."""
    if path.exists():
        return
    rng = random.Random(1946)
    sink = OxigraphSink(path)
    articles = statements // 40
    for start in range(0, articles, _CHUNK):
        text = "".join(article(n, rng) for n in range(start, min(start + _CHUNK, articles)))
        sink.write(text.encode())
    sink.optimize()
    sink.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(command: list[str], url: str, **environ: str) -> Iterator[int]:
    """A server process, from when it answers until it is ended."""
    process = subprocess.Popen(
        command,
        env={**os.environ, **environ},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(url + "?query=ASK%7B%7D", timeout=5).close()
                break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.05)
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextlib.contextmanager
def ours(store: Path, **environ: str) -> Iterator[str]:
    """``kg serve`` with its usual settings; the address of its endpoint."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/sparql"
    with running([str(BIN / "kg"), "serve", "--port", str(port)], url, KG_RDF=str(store), **environ):
        yield url


@contextlib.contextmanager
def oxigraph(store: Path) -> Iterator[str]:
    """``oxigraph serve-read-only``."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/query"
    where = ["--location", str(store), "--bind", f"127.0.0.1:{port}"]
    with running([str(BIN / "oxigraph"), "serve-read-only", *where], url):
        yield url


def wrk(url: str, query: str, folder: Path, *, seconds: int, connections: int, accept: str) -> float:
    """Requests a second; ``%d`` in the query is another number each time.  Raises where any failed."""
    parts = [quote(part, safe="") for part in query.split("%d")]
    path = url[url.index("/", 8) :] + "?query=" + '" .. n .. "'.join(parts)
    script = folder / "script.lua"
    script.write_text(
        "local threads = 0\n"
        'function setup(thread) threads = threads + 1; thread:set("number", threads) end\n'
        "local n = 0\n"
        "function init()\n"
        "  math.randomseed(os.time())\n"
        "  n = math.random(1, 100000000) + 1000000000 * number\n"  # threads draw the same
        "end\n"
        f'local headers = {{["Accept"] = "{accept}"}}\n'
        f'request = function() n = n + 1 return wrk.format("GET", "{path}", headers) end\n'
    )
    command = ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--timeout", "60s", "-s", str(script), url]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in out or "Socket errors" in out:
        raise RuntimeError(out)
    found = re.search(r"Requests/sec:\s+([\d.]+)", out)
    if found is None or not float(found[1]):
        raise RuntimeError(f"nothing was answered in {seconds} s: load for longer\n{out}")
    return float(found[1])
