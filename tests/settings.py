"""Settings of the tests: the real ones, in a directory of state that ends with the test run."""

from __future__ import annotations

import os
import tempfile

# Processes of pytest-xdist inherit the directory, and so the server, of the process that started them.
if "LIANDONG_TEST_HOME" not in os.environ:
    os.environ["LIANDONG_TEST_HOME"] = tempfile.mkdtemp(prefix="liandong-test-")
os.environ["LIANDONG_HOME"] = os.environ["LIANDONG_TEST_HOME"]
os.environ.pop("DATABASE_URL", None)

from liandong.project.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
STATIC_ROOT = HOME.path / "static"  # noqa: F405
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
