"""What the HTTP server itself refuses, before the application sees it, told as all other errors are."""

from __future__ import annotations

from gunicorn.config import Config
from gunicorn.http import errors

from server.errors import HttpError

_OURS = (errors.InvalidResponseHeader, errors.InvalidResponseHeaderName, errors.ConfigurationProblem)


def refusal(error: BaseException, limits: Config) -> HttpError | None:
    """How `error`, met while a request was read, is told; None where the fault is ours.

    `limits` are gunicorn's settings, which say how long a request's lines may be.
    """
    if isinstance(error, errors.LimitRequestLine):
        longest = limits.limit_request_line
        return HttpError(
            414, f"the address is longer than {longest:,} bytes", remedy="send a long query by POST"
        )
    if isinstance(error, errors.LimitRequestHeaders):
        return HttpError(
            431,
            "the headers of the request are too long or too many",
            remedy=f"send at most {limits.limit_request_fields} of {limits.limit_request_field_size:,} bytes",
        )
    if isinstance(error, errors.UnsupportedTransferCoding):
        return HttpError(501, _said(error), remedy="send the body as it is, or chunked")
    if isinstance(error, errors.ExpectationFailed):
        return HttpError(417, _said(error), remedy="expect nothing but 100-continue")
    if isinstance(error, errors.ForbiddenProxyRequest):
        return HttpError(403, "this peer may not speak the PROXY protocol", remedy="speak HTTP/1.1")
    if isinstance(error, errors.ParseException) and not isinstance(error, _OURS):
        return HttpError(400, f"the request is not valid HTTP: {_said(error)}", remedy="speak HTTP/1.1")
    return None


def _said(error: BaseException) -> str:
    """What gunicorn says, in a length that can be read."""
    words = str(error)
    return words if len(words) <= 200 else words[:200] + "…"
