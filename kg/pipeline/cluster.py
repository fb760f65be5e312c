"""A `Runner` over a Dask cluster: as many machines as there are.

Dask rather than Ray or PySpark: it is plain Python (no Java), starts in two seconds, runs on what clusters
have anyway (Kubernetes, SLURM, YARN, SSH), and was measured as fast as the others when given batches.
"""

from __future__ import annotations

import collections
import contextlib
import importlib.util
import os
from collections.abc import Callable, Generator, Iterable
from typing import Any, TypeVar

from kg.errors import UsageError

T = TypeVar("T")
R = TypeVar("R")

_AHEAD = 3  # tasks a thread


class Dask:
    """Runs on the cluster whose scheduler has this address (``tcp://host:8786``).

    Without an address it makes a cluster of its own on this machine, of `processes` workers (0: one a core).
    The function and the batches are pickled, so the function must be one of a module; its workers need the
    same version of Dateline.
    """

    def __init__(self, address: str | None = None, *, processes: int = 0) -> None:
        if importlib.util.find_spec("distributed") is None:
            raise UsageError("runner dask: Dask is not installed", remedy="pip install 'dateline[cluster]'")
        self._address = address
        self._processes = processes or os.cpu_count() or 1

    def run(self, function: Callable[[T], R], batches: Iterable[T]) -> Generator[R, None, None]:
        """As `kg.pipeline.runner.Runner.run`."""
        from distributed import Client

        with contextlib.ExitStack() as stack:
            address = self._address or stack.enter_context(self._local())
            client = stack.enter_context(Client(address))  # type: ignore[no-untyped-call]
            client.wait_for_workers(1)
            window = max(sum(client.nthreads().values()), 1) * _AHEAD
            waiting: collections.deque[Any] = collections.deque()
            for batch in batches:
                # Not `pure`: a batch that was done before is told apart by its files, not by its hash.
                waiting.append(client.submit(function, batch, pure=False))
                while len(waiting) >= window:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    def _local(self) -> Any:
        from distributed import LocalCluster

        return LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=self._processes, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
        )
