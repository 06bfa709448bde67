"""`liandong import`: load a district's folder; again and again with the same result."""

from __future__ import annotations

import argparse
from pathlib import Path

from liandong.project.cli import Failed
from liandong.project.cli.surroundings import database, set_up_django
from liandong.project.words import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which district."""
    parser.add_argument("folder", type=Path, help=say("区县数据目录，例如 districts/baltimore"))


def run(arguments: argparse.Namespace) -> int:
    """Load the folder."""
    folder: Path = arguments.folder
    if not (folder / "district.toml").is_file():
        raise Failed(say("%(folder)s 里没有 district.toml。", folder=folder))
    set_up_django()
    from liandong.project.districts import load_district
    from liandong.project.prepare import migrate

    with database():
        migrate()
        load_district(folder)
    print(say("已载入 %(folder)s。", folder=folder))
    return 0
