"""What a benchmark found: rows with medians and spread, the machine, and how it is written down."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Limit:
    """The same work with nothing of ours in the way, in the same unit."""

    what: str
    median: float


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: `runs` values of `unit` at a size and concurrency."""

    what: str
    unit: str
    values: tuple[float, ...]
    size: int = 0
    concurrency: int = 1
    p95: float | None = None
    limit: Limit | None = None
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The row as it stands in the result file."""
        found: dict[str, Any] = {
            "what": self.what,
            "size": self.size,
            "concurrency": self.concurrency,
            "unit": self.unit,
            "median": _short(statistics.median(self.values)),
            "min": _short(min(self.values)),
            "max": _short(max(self.values)),
            "p95": None if self.p95 is None else _short(self.p95),
            "runs": len(self.values),
            "note": self.note,
        }
        if self.limit:
            found["limit"] = {**asdict(self.limit), "median": _short(self.limit.median)}
        return found


@dataclass(slots=True)
class Result:
    """All rows of one benchmark."""

    name: str
    rows: list[Row] = field(default_factory=list)

    def write(self) -> None:
        """Write the result file and print the table."""
        rows = [row.as_dict() for row in self.rows]
        content = {
            "name": self.name,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "commit": _commit(),
            "machine": _machine(),
            "rows": rows,
        }
        RESULTS.mkdir(exist_ok=True)
        file = RESULTS / f"{self.name}.json"
        file.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        _print(self.name, rows)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _print(name: str, rows: list[dict[str, Any]]) -> None:
    print(f"\n{name}")
    for row in rows:
        limit = row.get("limit")
        against = f"   limit {limit['median']} ({limit['what']})" if limit else ""
        p95 = f"   p95 {row['p95']}" if row["p95"] is not None else ""
        spread = f"{row['min']}…{row['max']}"
        print(
            f"  {row['what']:<52} {row['size']:>9} ×{row['concurrency']:<3}{row['median']:>11} {row['unit']:<8}"
            f" {spread:<22}{p95}{against}"
        )


def _short(value: float) -> float:
    return round(value, 1 if value >= 100 else 2 if value >= 1 else 5)


def _commit() -> str:
    found = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"


def _machine() -> dict[str, Any]:
    info = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    models = [line.split(":", 1)[1].strip() for line in info.splitlines() if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cpu": models[0] if models else platform.processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(memory),
        "pace": _pace(),
        "python": platform.python_version(),
        "postgresql": _postgresql(),
    }


def _pace() -> float:
    """Millions of small steps of Python a second, the median of five: a shared machine has fast days and slow ones."""
    found = []
    for _ in range(5):
        began = time.perf_counter()
        total = 0
        for number in range(1_000_000):
            total += number & 7
        found.append(1 / (time.perf_counter() - began))
    return _short(statistics.median(found))


def _postgresql() -> str:
    from liandong.project.postgres import find_tool

    words = subprocess.run([find_tool("postgres"), "--version"], capture_output=True, text=True, check=False).stdout
    return words.split()[-1] if words else "unknown"
