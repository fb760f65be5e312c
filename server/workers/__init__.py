"""Killable query workers: SPARQL is answered in processes that can be ended at any moment.

pyoxigraph has no cancel, and small queries can crash the engine or occupy it for hours.  So each query runs
in a worker process with a read-only store; the web process leads the conversation over a socket, ends the
worker at the deadline, and a fresh one takes its place.
"""

from server.workers.conversation import Answer, Conversation, Place, Whole
from server.workers.pool import Pool, PoolStatus
from server.workers.trouble import Busy, Died, Ended, Refused, Trouble

__all__ = [
    "Answer",
    "Busy",
    "Conversation",
    "Died",
    "Ended",
    "Place",
    "Pool",
    "PoolStatus",
    "Refused",
    "Trouble",
    "Whole",
]
