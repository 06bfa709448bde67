"""Where a test run keeps its state: one directory, inherited by the processes of pytest-xdist, gone at its end."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

if "LIANDONG_TEST_HOME" not in os.environ:
    os.environ["LIANDONG_TEST_HOME"] = tempfile.mkdtemp(prefix="liandong-test-")
    atexit.register(shutil.rmtree, os.environ["LIANDONG_TEST_HOME"], ignore_errors=True)

TEST_HOME = Path(os.environ["LIANDONG_TEST_HOME"])
