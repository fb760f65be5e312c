"""HTTP as Wikimedia asks for it: one request at a time, named, patient, and obeying ``Retry-After``.

Two layers repeat.  urllib3's `Retry` repeats what fails below the document (no connection, 500, 502, 504).
The loop here waits where the server says how long (429, 503, errors inside an answer of status 200), and
repeats what broke off.  A wait of more than ten minutes is not made but told: ignoring it means a ban.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from kg.errors import RemoteError, reason

_FAILED = frozenset({500, 502, 504})
_WAIT = frozenset({429, 503})
_PATIENCE = 600
_LATER = "run it again later: what was fetched is kept"


@dataclass(frozen=True, slots=True)
class Politeness:
    """How patient to be.  The defaults suit Wikimedia; a server of one's own may be asked faster."""

    attempts: int = 6
    backoff: float = 1.0  # seconds before the second repeat; doubles each time
    timeout: tuple[float, float] = (10.0, 70.0)  # to connect, between bytes; the query service takes up to 60
    sleep: Callable[[float], None] = time.sleep


class Transport:
    """Fetches JSON documents; one per process, for requests in series."""

    def __init__(self, user_agent: str, politeness: Politeness) -> None:
        self._politeness = politeness
        retry = Retry(
            total=politeness.attempts,
            backoff_factor=politeness.backoff,
            status_forcelist=_FAILED,
            allowed_methods=frozenset({"GET", "POST"}),  # our POSTs only read
            respect_retry_after_header=False,
            raise_on_status=False,
        )
        self._session = requests.Session()
        self._session.headers.update({"User-Agent": user_agent, "Accept-Encoding": "gzip"})
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=retry))

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def get_json(
        self,
        url: str,
        parameters: Mapping[str, str],
        *,
        accept: str = "application/json",
        post: bool = False,
        transient: Callable[[Any], float | None] = lambda document: None,  # noqa: ARG005  its signature
    ) -> Any:
        """The JSON document of a request.

        `transient` gives the seconds to wait where a document tells an error that passes, else None.
        Raises RemoteError where the server keeps failing or asks for more patience than ten minutes.
        """
        fault = ""
        for attempt in range(self._politeness.attempts):
            try:
                response = self._request(url, parameters, accept, post=post)
                self._check(url, response)
                if response.status_code == 200:
                    document = json.loads(response.content)
                    wait = transient(document)
                    if wait is None:
                        return document
                    fault = f"the server is busy: {str(document)[:200]}"
                else:
                    wait, fault = 0.0, f"status {response.status_code}"
                wait = max(wait, _retry_after(response))
            except (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError) as e:
                wait, fault = 0.0, f"the answer broke off: {e}"
            except (json.JSONDecodeError, UnicodeDecodeError) as e:
                wait, fault = 0.0, f"the answer is no JSON: {e}"
            except requests.exceptions.RequestException as e:
                raise RemoteError(
                    f"{url}: {reason(e)}", remedy="is the network there? try again later"
                ) from e
            self._wait(url, attempt, wait)
        raise RemoteError(f"{url}: {fault}, {self._politeness.attempts} times", remedy=_LATER)

    def _wait(self, url: str, attempt: int, wait: float) -> None:
        if wait > _PATIENCE:
            raise RemoteError(f"{url}: the server asks to wait {wait:.0f} seconds", remedy=_LATER)
        self._politeness.sleep(max(wait, self._politeness.backoff * 2**attempt))

    def _request(
        self, url: str, parameters: Mapping[str, str], accept: str, *, post: bool
    ) -> requests.Response:
        headers, timeout = {"Accept": accept}, self._politeness.timeout
        if post:
            return self._session.post(url, data=parameters, headers=headers, timeout=timeout)
        return self._session.get(url, params=parameters, headers=headers, timeout=timeout)

    def _check(self, url: str, response: requests.Response) -> None:
        if response.status_code == 403:
            raise RemoteError(
                f"{url}: refused (403) to User-Agent {self._session.headers['User-Agent']!r}",
                remedy="set user_agent to name a contact, as Wikimedia demands",
            )
        if response.status_code in _FAILED:
            raise RemoteError(
                f"{url}: status {response.status_code}, {self._politeness.attempts} times", remedy=_LATER
            )
        if response.status_code != 200 and response.status_code not in _WAIT:
            raise RemoteError(
                f"{url}: status {response.status_code}: {response.text[:200]}", remedy="check the address"
            )


def _retry_after(response: requests.Response) -> float:
    """Seconds, given as such or as a date; 0 where nothing is said."""
    header = response.headers.get("Retry-After", "")
    if header.isdigit():
        return float(header)
    try:
        return max(0.0, parsedate_to_datetime(header).timestamp() - time.time())
    except ValueError:
        return 0.0
