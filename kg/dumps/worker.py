"""A process that presses: jobs on standard input, frames on standard output.  See `kg.dumps.pressing`."""

from __future__ import annotations

import sys

from kg.dumps.pressing import serve

if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
