"""`make bench` runs all, `make bench NAME=create` one: tables on screen, results in `bench/results/`."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys

NAMES = (
    "start",
    "locate",
    "create",
    "step",
    "list",
    "replay",
    "permitted",
    "matrix",
    "import_sheet",
    "duplicates",
    "evidence",
    "search",
    "bulk",
    "export",
    "sweep",
    "public_report",
    "citizen_page",
    "open_data",
    "burst_12345",
    "hotline",
    "map",
    "wall",
    "live",
    "browser",
)


def main() -> int:
    """Run the named benchmarks in turn."""
    wanted = (os.environ.get("NAME") or " ".join(sys.argv[1:])).split() or list(NAMES)
    unknown = [name for name in wanted if name not in NAMES]
    if unknown:
        print(f"no such benchmark: {' '.join(unknown)}; there are {' '.join(NAMES)}", file=sys.stderr)
        return 2
    if len(wanted) == 1:
        importlib.import_module(f"bench.{wanted[0]}").run()
        return 0
    # Each in a process of its own: what one remembers of its platform and database is wrong for the next.
    environment = {**os.environ, "NAME": ""}
    failed = [
        name
        for name in wanted
        if subprocess.run([sys.executable, "-m", "bench", name], env=environment, check=False).returncode
    ]
    if failed:
        print(f"failed: {' '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
