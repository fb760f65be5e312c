"""Fetch the pages' scripts and styles from npm into ``server/static/vendor`` (``--dev``: the tests' too).

Without Node the pages still work, without editor and maps; this says so and ends well.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "server" / "static" / "vendor"
FILES = {
    "yasgui/yasgui.min.js": "@zazuko/yasgui/build/yasgui.min.js",
    "yasgui/yasgui.min.css": "@zazuko/yasgui/build/yasgui.min.css",
    "leaflet/leaflet.js": "leaflet/dist/leaflet.js",
    "leaflet/leaflet.css": "leaflet/dist/leaflet.css",
    "leaflet/images/marker-icon.png": "leaflet/dist/images/marker-icon.png",
    "leaflet/images/marker-icon-2x.png": "leaflet/dist/images/marker-icon-2x.png",
    "leaflet/images/marker-shadow.png": "leaflet/dist/images/marker-shadow.png",
    "leaflet/images/layers.png": "leaflet/dist/images/layers.png",
    "leaflet/images/layers-2x.png": "leaflet/dist/images/layers-2x.png",
    "map/land-50m.json": "world-atlas/land-50m.json",
    "map/land-110m.json": "world-atlas/land-110m.json",
    "map/topojson-client.min.js": "topojson-client/dist/topojson-client.min.js",
}


def fingerprint(*, dev: bool) -> str:
    """What the installed assets depend on: the lock file, the list of files, and if tests need theirs."""
    lock = (ROOT / "package-lock.json").read_bytes()
    return hashlib.sha256(lock + repr((sorted(FILES.items()), dev)).encode()).hexdigest()


def fetch(*, dev: bool) -> None:
    """Install from npm and copy what the pages use."""
    command = ["npm", "ci", "--ignore-scripts", "--no-progress", "--loglevel=error"]
    subprocess.run(command if dev else [*command, "--omit=dev"], cwd=ROOT, check=True)
    for target, source in FILES.items():
        path = VENDOR / target
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / "node_modules" / source, path)


def main() -> int:
    """Exit code 0 also where Node is missing: the scripts are an extra."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", action="store_true", help="also install what the browser tests use")
    dev = parser.parse_args().dev
    stamps = [VENDOR / f".{fingerprint(dev=d)}" for d in ({dev, True})]
    if any(s.exists() for s in stamps):
        return 0
    if not (shutil.which("node") and shutil.which("npm")):
        print(
            "Node is missing: pages will work without the query editor and maps.\n"
            "Install Node 18 or later (with npm) and run `make assets` to add them.",
            file=sys.stderr,
        )
        return 0
    print("Fetching the pages' scripts from npm ...", file=sys.stderr)
    try:
        fetch(dev=dev)
    except subprocess.CalledProcessError as e:
        print(
            f"npm ended with {e.returncode}: pages work without scripts; run `make assets` to try again.",
            file=sys.stderr,
        )
        return 0
    for old in VENDOR.glob(".*"):
        old.unlink()
    (VENDOR / f".{fingerprint(dev=dev)}").touch()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
