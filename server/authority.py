"""The authority that the server asks: for reconciliation, and to describe what people choose between."""

from __future__ import annotations

import threading
from typing import cast

from flask import current_app

from kg.authority import Authority, open_authority
from server.app import current_site

_KEY = "dateline.authority"
_LOCK = threading.Lock()


def current_authority() -> Authority:
    """The authority of the settings, opened on first use."""
    found = current_app.extensions.get(_KEY)
    if found is None:
        with _LOCK:
            found = current_app.extensions.get(_KEY)
            if found is None:
                found = open_authority(current_site().settings.authority)
                current_app.extensions[_KEY] = found
    return cast(Authority, found)
