"""Fetching files over HTTP, so that an interruption costs nothing: resumed where it stopped, verified."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests
from requests import exceptions as lost

from kg.errors import DatelineError, reason
from kg.store.manifest import file_sha256

_CHUNK = 16 << 10  # what is lost at most when the line breaks
_ATTEMPTS = 6  # in a row that bring nothing
_PAUSE = 0.5  # seconds before the second attempt; doubled for each further one
_AGAIN = (429, 500, 502, 503, 504)


class FetchError(DatelineError):
    """A file or list could not be fetched, or its bytes are not those that were announced."""


class Fetcher:
    """Fetches from one server.  What was interrupted is tried again, from where it stopped."""

    def __init__(
        self, url: str, *, user_agent: str, timeout: float = 60, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.url = url if url.endswith("/") else url + "/"
        self._session = requests.Session()
        self._session.headers.update({"User-Agent": user_agent, "Accept-Encoding": "identity"})
        self._timeout = timeout
        self._sleep = sleep
        self.received = 0  # bytes of files

    def json(self, path: str) -> dict[str, Any]:
        """A JSON document; `FetchError` where the server has none."""
        response = self._patiently(lambda: self._get(path, {"Accept": "application/json"}))
        try:
            value = response.json()
        except ValueError as e:
            raise FetchError(f"{self.url}{path}: not JSON: {e}", remedy="is it a Dateline server?") from e
        if not isinstance(value, dict):
            raise FetchError(f"{self.url}{path}: not what was expected", remedy="is it a Dateline server?")
        return value

    def file(self, path: str, target: Path, *, size: int, sha256: str) -> None:
        """Fetch a file of `size` bytes with this checksum to `target`, which is whole or not there.

        Its beginning may be there from an earlier run, as ``target.part``.
        """
        part = target.with_name(f"{target.name}.part")
        for last in (False, True):
            self._patiently(lambda: self._append(path, part, size, sha256))
            if part.stat().st_size == size and file_sha256(part) == sha256:
                part.replace(target)
                return
            part.unlink()
            if last:
                raise FetchError(
                    f"{self.url}{path}: its bytes are not those that the server announced",
                    remedy="try again later, or tell the publisher",
                )

    def _append(self, path: str, part: Path, size: int, sha256: str) -> requests.Response:
        """Fetch what is missing at the end of `part`."""
        there = part.stat().st_size if part.exists() else 0
        if there >= size:
            part.touch()
            return requests.Response()
        # The ETag is the checksum: were the file another one now, all of it would come.
        headers = {"Range": f"bytes={there}-", "If-Range": f'"{sha256}"'} if there else {}
        with self._get(path, headers, stream=True) as response:
            mode = "ab" if response.status_code == 206 else "wb"
            with part.open(mode) as out:
                for chunk in response.iter_content(_CHUNK):
                    out.write(chunk)
                    self.received += len(chunk)
        if part.stat().st_size < size:
            raise lost.ConnectionError(f"the connection ended after {part.stat().st_size} of {size} bytes")
        return response

    def _get(self, path: str, headers: dict[str, str], *, stream: bool = False) -> requests.Response:
        response = self._session.get(self.url + path, headers=headers, stream=stream, timeout=self._timeout)
        if response.status_code in _AGAIN:
            raise _Busy(response)
        if response.status_code >= 400:
            raise FetchError(
                f"{response.url}: HTTP {response.status_code}",
                remedy="is it the address of a Dateline server?",
            )
        return response

    def _patiently(self, attempt: Callable[[], requests.Response]) -> requests.Response:
        """Try until it works, or nothing has come for several attempts."""
        fruitless = 0
        while True:
            before = self.received
            try:
                return attempt()
            except (lost.ConnectionError, lost.ChunkedEncodingError, lost.Timeout, _Busy) as e:
                fruitless = 0 if self.received > before else fruitless + 1
                if fruitless == _ATTEMPTS:
                    raise FetchError(
                        f"{self.url} cannot be fetched from, after {_ATTEMPTS} attempts: {reason(e)}",
                        remedy="is the address right, and the server up? The same command goes on from here",
                    ) from e
                self._sleep(max(_PAUSE * 2**fruitless, e.wait if isinstance(e, _Busy) else 0))


class _Busy(Exception):
    """The server asks to come back later."""

    def __init__(self, response: requests.Response) -> None:
        super().__init__(f"HTTP {response.status_code} from {response.url}")
        later = response.headers.get("Retry-After", "")
        self.wait = min(60, int(later)) if later.isdigit() else 0
