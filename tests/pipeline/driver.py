"""A process that forks runs of build and update, and tells how they ended.

It opens no store itself, since a store's threads do not survive a fork.  Reads a JSON array a line:
``[command, inputs, data, how, value]`` where `how` is

``count``   run to the end; answers the number of operations on files, and that of the one that publishes
``die``     die by SIGKILL just before operation `value`
``after``   die by SIGKILL after `value` seconds
``limit``   no file may grow beyond `value` bytes
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import threading
import time
from pathlib import Path

from kg.errors import StoreError
from kg.pipeline.build import build
from kg.pipeline.convert import Converter
from kg.pipeline.runner import InProcess
from kg.pipeline.update import update
from kg.settings import Settings

_OPERATIONS = frozenset(
    ["open", "os.rename", "os.link", "os.symlink", "os.mkdir", "os.remove", "os.rmdir", "shutil.copyfile"]
)
FULL, OTHER, FAULT = 17, 18, 19


def run(converter: Converter, command: str, inputs: str, data: str) -> None:
    settings = Settings(data=Path(data))
    if command == "build":
        build([inputs], settings, converter=converter, runner=InProcess())
    else:
        update([inputs], settings, delete_missing=True, converter=converter, runner=InProcess())


def child(converter: Converter, command: str, inputs: str, data: str, how: str, value: float) -> None:
    count = published = 0

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal count, published
        # Others, as of modules that are compiled when first imported, are none of the run's.
        if event in _OPERATIONS and any(str(a).startswith(data) for a in arguments[:2]):
            count += 1
            if event == "os.rename" and str(arguments[1]) == str(Path(data) / "current"):
                published = count
            if how == "die" and count == value:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    if how == "limit":
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(value), int(value)))
    elif how == "after":
        threading.Thread(target=die, args=(value,), daemon=True).start()
    code = 0
    try:
        run(converter, command, inputs, data)
    except StoreError as e:
        code = FULL if "disk full" in str(e) else OTHER
        print(e, file=sys.stderr)  # noqa: T201
    except BaseException as e:  # noqa: BLE001  it must never come back into the driver
        code = FAULT
        print(repr(e), file=sys.stderr)  # noqa: T201
    if how == "count":
        print(count, published, sep="\n", flush=True)  # noqa: T201
    os._exit(code)


def die(seconds: float) -> None:
    time.sleep(seconds)
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    converter = Converter.load(Settings(data=Path(sys.argv[1])))
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            child(converter, *json.loads(line))
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
