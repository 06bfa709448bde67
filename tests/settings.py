"""Settings of the tests: the real ones, in a directory of state that ends with the test run."""

from __future__ import annotations

import os

from tests.state import TEST_HOME

os.environ["LIANDONG_HOME"] = str(TEST_HOME)
os.environ.pop("DATABASE_URL", None)

from liandong.project.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
STATIC_ROOT = TEST_HOME / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
