"""Write `docs/performance.md` from `bench/results/*.json`: what was measured, what was promised, what peers do.

Run by `make bench` at its end. Measures nothing; a benchmark without a result file says so in the page.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CLONE = Path(__file__).resolve().parents[1]
RESULTS = CLONE / "bench" / "results"
PAGE = CLONE / "docs" / "performance.md"

BENCHMARKS = {
    "create": "Create a case through the API",
    "list": "A list page of fifty",
    "step": "One step of a case",
    "locate": "Point to grid",
    "replay": "Replay of real requests",
    "sweep": "A sweep of the clocks",
    "duplicates": "Duplicates while typing",
    "search": "Searching by words",
    "bulk": "A thousand at once",
    "export": "Cases as a file",
    "evidence": "Photos and their doubts",
    "permitted": "What a person may see",
    "matrix": "Who must solve it",
    "import_sheet": "An organisation from a workbook",
    "start": "From nothing to ready",
    "public_report": "A citizen's report by the public form",
    "citizen_page": "A citizen's first page on a slow phone",
    "open_data": "Open data, map and figures for everybody",
    "burst_12345": "A burst of 12345 work orders",
    "map": "A look at the map",
    "wall": "The wall",
    "live": "From an event to two hundred screens",
    "browser": "The map in a browser without a GPU",
}


@dataclass(frozen=True, slots=True)
class Promise:
    """A target for the rows of one benchmark with this unit and, unless 0, this many connections and this size."""

    benchmark: str
    unit: str
    value: float
    words: str
    concurrency: int = 0
    size: int = 0
    is_floor: bool = False
    is_p95: bool = False
    peer: str = ""

    def covers(self, benchmark: str, row: dict[str, Any]) -> bool:
        """Whether this promise is about that row."""
        return (
            benchmark == self.benchmark
            and row["unit"] == self.unit
            and self.concurrency in (0, row["concurrency"])
            and self.size in (0, row["size"])
        )

    def is_kept(self, row: dict[str, Any]) -> bool:
        """Whether the median, or the slow twentieth, is as good as promised."""
        found = row["p95"] if self.is_p95 else row["median"]
        return bool(found >= self.value if self.is_floor else found <= self.value)


# Peers were run on the same kind of machine: two web processes, real broker and worker, database on the same host.
PROMISES = (
    Promise("create", "/s", 300, "≥ 300/s", concurrency=4, is_floor=True, peer="Signalen 11.3/s; tuned 30.5/s"),
    Promise("create", "ms", 12, "≤ 12 ms", concurrency=4, peer="Signalen 346 ms"),
    Promise("step", "/s", 300, "≥ 300/s", concurrency=4, is_floor=True, peer="Signalen 11.9/s; tuned 22.7/s"),
    Promise("step", "ms", 12, "≤ 12 ms", concurrency=4, peer="Signalen 331 ms"),
    Promise("list", "ms", 10, "≤ 10 ms", size=10_000, peer="Signalen 627–690 ms"),
    Promise("list", "ms", 10, "≤ 10 ms", size=100_000, peer="Signalen 721–891 ms"),
    Promise("list", "ms", 10, "≤ 10 ms", size=1_000_000, peer="Signalen 617–1,932 ms"),
    Promise("sweep", "ms", 20, "≤ 20 ms", peer="none"),
    Promise("sweep", "s", 2, "≤ 2 s", peer="none"),
    Promise("search", "ms", 50, "p95 ≤ 50 ms", size=1_000_000, is_p95=True, peer="PostgreSQL ts_rank_cd: MRR 0.258"),
    Promise("search", "MRR", 0.84, "≥ 0.84", is_floor=True, peer="a segmenter 0.815; ts_rank_cd 0.258"),
    Promise("duplicates", "ms", 100, "p95 ≤ 100 ms", size=1_000_000, is_p95=True, peer="none has it at the desk"),
    Promise("export", "s", 5, "≤ 5 s", size=100_000, peer="Signalen 16 s to disk"),
    Promise("export", "ms", 200, "≤ 200 ms", size=100_000, peer="none"),
    Promise("locate", "µs", 50, "≤ 50 µs", peer="STRtree alone 17 µs (500 polygons)"),
    Promise("locate", "points/s", 250_000, "≥ 250,000/s", is_floor=True, peer="STRtree alone 270,000/s (500 polygons)"),
    Promise("replay", "s", 60, "≤ 60 s", peer="none"),
    Promise("start", "s", 60, "≤ 60 s", peer="none"),
    Promise("public_report", "ms", 25, "≤ 25 ms", concurrency=4, peer="none"),
    Promise("citizen_page", "KB", 100, "≤ 100 KB", peer="none"),
    Promise("open_data", "rows/s", 10_000, "≥ 10,000/s", is_floor=True, peer="none"),
    Promise("citizen_page", "s", 5, "≤ 5 s", peer="none"),
)

_INTRODUCTION = """\
# Performance

Written by `make bench` from `bench/results/`, not by hand. Create, step and list go the whole way: HTTP in, rows \
committed, audit row and announcement included, followers running, rows counted, load generator outside the server. \
Locate is the function in its process. Medians of the runs named, with their spread. Machines are shared and \
noisy: differences below 1.3× mean nothing. "Limit" is the same work with nothing of ours in the way, and how much of \
its speed we reach.

Signalen is the newest open platform for the same work (Django, PostGIS, Celery), run on the same kind of machine with \
two web processes, broker and worker; "tuned" is with kept connections and without its worker. Its list page asks \
354–384 statements, its create 48, a step 42.
"""
_HEAD = """\
| what | size | at once | median | spread | p95 | limit | target | kept | peer |
|---|---:|---:|---:|---|---:|---|---|---|---|
"""


def page() -> str:
    """Return the whole page."""
    parts = [_INTRODUCTION]
    for name, title in BENCHMARKS.items():
        parts.append(_section(name, title))
    return "\n".join(parts)


def _section(name: str, title: str) -> str:
    file = RESULTS / f"{name}.json"
    if not file.exists():
        return f"## {title}\n\nNot measured yet.\n"
    result = json.loads(file.read_text(encoding="utf-8"))
    machine = result["machine"]
    pace = f", {machine['pace']} million Python steps a second" if "pace" in machine else ""
    measured = (
        f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']} GiB, Python {machine['python']}{pace}, "
        f"PostgreSQL {machine['postgresql']}; {result['at'][:10]}, commit {result['commit']}."
    )
    lines = "".join(_line(name, row) for row in result["rows"])
    notes = "".join(f"- {row['what']}: {row['note']}\n" for row in result["rows"] if row.get("note"))
    return f"## {title}\n\n{measured}\n\n{_HEAD}{lines}" + (f"\n{notes}" if notes else "")


def _line(name: str, row: dict[str, Any]) -> str:
    promise = next((promise for promise in PROMISES if promise.covers(name, row)), None)
    cells = (
        row["what"],
        f"{row['size']:,}",
        row["concurrency"],
        f"{_short(row['median'])} {row['unit']}",
        f"{_short(row['min'])}–{_short(row['max'])}, {row['runs']} runs",
        "" if row["p95"] is None else _short(row["p95"]),
        _limit(row),
        promise.words if promise else "",
        "" if promise is None else "yes" if promise.is_kept(row) else "**no**",
        promise.peer if promise else "",
    )
    return "| " + " | ".join(str(cell) for cell in cells) + " |\n"


def _limit(row: dict[str, Any]) -> str:
    limit = row.get("limit")
    if not limit or limit["what"] == "target":
        return ""
    is_rate = row["unit"].endswith("/s")
    share = row["median"] / limit["median"] if is_rate else limit["median"] / row["median"]
    return f"{_short(limit['median'])} {row['unit']} ({limit['what']}); {share:.0%}"


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    print(f"{PAGE.relative_to(CLONE)} written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
