"""``kg``, and ``python -m kg``: the command as a process of its own."""

from __future__ import annotations

import sys

from kg import allocator


def run() -> None:
    """Run the command that the arguments of this process name."""
    if "build" in sys.argv[1:]:
        allocator.take()
    from kg.cli import main

    main(prog_name="kg")


if __name__ == "__main__":
    run()
