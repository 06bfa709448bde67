"""`liandong backup`: everything into one file."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from liandong.project.cli import Failed
from liandong.project.cli.surroundings import database, database_url, this_home
from liandong.project.words import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to, and whether with keys."""
    parser.add_argument("file", type=Path, help=say("备份文件"))
    parser.add_argument("--with-keys", action="store_true", help=say("连同密钥一起备份；请像密码一样保管这个文件"))


def run(arguments: argparse.Namespace) -> int:
    """Write the file and say what is in it."""
    from liandong.project.backup import write_backup

    file: Path = arguments.file
    if not file.absolute().parent.is_dir():
        raise Failed(say("目录 %(folder)s 不存在。", folder=file.absolute().parent))
    home = this_home()
    with database():
        at, with_keys = datetime.now(UTC), arguments.with_keys
        contents = write_backup(file, home=home, database_url=database_url(), at=at, with_keys=with_keys)
    print(
        say(
            "已备份到 %(file)s：数据库 %(megabytes)s MB，上传文件 %(uploads)s 个。",
            file=file,
            megabytes=round(contents.database_bytes / 1e6, 1),
            uploads=contents.uploads,
        )
    )
    if not contents.has_keys:
        print(say("不含密钥：请另行保管 %(folder)s，或使用 --with-keys。", folder=home.keys))
    return 0
