"""The exception tree.

::

    DatelineError                 exit code 1
      UsageError                  exit code 2: a value the user gave cannot work
        SettingError
        RuleError               a rule file of kg/mentions/rules cannot be used
      InputError                  exit code 3: an input cannot be read
      AuthorityError              exit code 4
        RemoteError               Wikidata or another server did not answer as documented
      StoreError                  exit code 5
        ReleaseError
        QueryError                a query is wrong (carries the parser's message)
        QueryTimeout
      ValidationError             exit code 6: triples break the shapes

Every message names the thing, the value and the remedy.
"""

from __future__ import annotations

import errno

DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
"""The numbers of an `OSError` that says there is no room."""


class DatelineError(Exception):
    """Base of all errors raised on purpose; ``exit_code`` is what the command line exits with."""

    exit_code = 1

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(f"{message}; {remedy}" if remedy else message)
        self.message = message
        self.remedy = remedy


class UsageError(DatelineError):
    """A value the user gave cannot work."""

    exit_code = 2


class SettingError(UsageError):
    """A setting has an unknown name or an unusable value."""


class RuleError(UsageError):
    """An entry of a rule file cannot be used; names the file and the entry."""


class InputError(DatelineError):
    """An input cannot be read."""

    exit_code = 3


class AuthorityError(DatelineError):
    """The authority index is missing, damaged or of another version."""

    exit_code = 4


class RemoteError(AuthorityError):
    """A remote service did not answer as documented, after retries."""


class StoreError(DatelineError):
    """The store or a release cannot be used."""

    exit_code = 5


class ReleaseError(StoreError):
    """A release is missing, damaged or cannot be published."""


class QueryError(StoreError):
    """A SPARQL query is wrong; the message is the parser's."""


class QueryTimeout(StoreError):
    """A query was ended at its time limit."""


class ValidationError(DatelineError):
    """Triples break the shapes."""

    exit_code = 6


def reason(error: BaseException) -> str:
    """The plain words of what lies at the bottom of an error that libraries have wrapped.

    >>> try:
    ...     raise ValueError("pool: no more tries") from ConnectionRefusedError(111, "Connection refused")
    ... except ValueError as e:
    ...     reason(e)
    'Connection refused'
    """
    seen: list[BaseException] = []
    while error not in seen:
        seen.append(error)
        inner = [error.__cause__, getattr(error, "reason", None), *reversed(error.args)]
        error = next((e for e in inner if isinstance(e, BaseException)), error)
    words = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(words)
