"""Kernel tests run in seconds: few examples, the same ones every time. `HYPOTHESIS_PROFILE=deep` searches."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("fast", max_examples=30, deadline=None, database=None, derandomize=True)
settings.register_profile("deep", max_examples=1500, deadline=None, database=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))
