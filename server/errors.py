"""Errors with an HTTP status, and how they are told in the format the client asked for."""

from __future__ import annotations

from collections.abc import Mapping

from kg.errors import DatelineError


class HttpError(DatelineError):
    """An error that a client caused or can act on.

    ``extra`` goes into the JSON form beside ``error`` and ``remedy``; ``headers`` into the response.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        remedy: str = "",
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message, remedy=remedy)
        self.status = status
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})

    def document(self) -> dict[str, object]:
        """The JSON form."""
        return {"status": self.status, "error": self.message, "remedy": self.remedy, **self.extra}
