"""What all tests share: hypothesis makes the same examples in every run, unless others are asked for.

``KG_TEST_RANDOM=1 make test`` looks for new ones.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("same", derandomize=True)
if not os.environ.get("KG_TEST_RANDOM"):
    settings.load_profile("same")
