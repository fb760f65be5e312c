"""The ``kg`` command: thin commands over the rooms, and the place where they are put together."""

from __future__ import annotations

import click


@click.group()
def main() -> None:
    """Turn a newspaper archive into linked data."""
