"""Where a test run keeps its state: one directory, gone at its end, with a part for each process of pytest-xdist.

Each process has a PostgreSQL of its own: followers wait for every transaction of the whole server, whichever database
it is in, so the tests of one process would see those of the other.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

if "LIANDONG_TEST_HOME" not in os.environ:
    os.environ["LIANDONG_TEST_HOME"] = tempfile.mkdtemp(prefix="liandong-test-")
    atexit.register(shutil.rmtree, os.environ["LIANDONG_TEST_HOME"], ignore_errors=True)

TEST_HOME = Path(os.environ["LIANDONG_TEST_HOME"]) / os.environ.get("PYTEST_XDIST_WORKER", "alone")
