"""`make bench` runs all, `make bench NAME=create` one: tables on screen, results in `bench/results/`."""

from __future__ import annotations

import importlib
import os
import sys

NAMES = ("start", "locate", "create", "step", "list", "replay", "permitted", "matrix", "import_sheet")


def main() -> int:
    """Run the named benchmarks in turn."""
    wanted = (os.environ.get("NAME") or " ".join(sys.argv[1:])).split() or list(NAMES)
    unknown = [name for name in wanted if name not in NAMES]
    if unknown:
        print(f"no such benchmark: {' '.join(unknown)}; there are {' '.join(NAMES)}", file=sys.stderr)
        return 2
    for name in wanted:
        importlib.import_module(f"bench.{name}").run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
