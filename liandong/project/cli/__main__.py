"""`python -m liandong.project.cli`: the command without its script."""

from __future__ import annotations

import sys

from liandong.project.cli import main

sys.exit(main())
