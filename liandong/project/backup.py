"""One file that holds everything: the database, the uploads and, only if asked, the keys; and the way back.

The file is a tar of `manifest.json` (sizes and SHA-256 of the rest), `database.dump` (pg_dump, custom form),
`uploads/…` and `keys/…`. Leaves out when backups are made and where they are kept.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

import psycopg

from liandong.kernel.refusal import Refusal, marked
from liandong.project.home import Home
from liandong.project.postgres import find_tool

FORM = 1
_CHUNK_BYTES = 1_000_000
_UNFINISHED = ("incoming", "*.part")
"""What is still being sent changes while it is read, and its sender begins anew."""


class BackupFailed(Refusal):
    """A PostgreSQL tool did not do its part."""

    says: ClassVar[str] = marked("%(tool)s 失败：%(words)s")
    remedy: ClassVar[str] = marked("请检查数据库是否运行、磁盘是否有空间，然后重试。")


class BrokenBackup(Refusal):
    """The file is no backup of ours, or not as it was written."""

    says: ClassVar[str] = marked("%(file)s 不是完好的备份文件：%(words)s")
    remedy: ClassVar[str] = marked("请换一份备份文件。数据库没有被改动。")


class DatabaseNotEmpty(Refusal):
    """Restoring would mix two systems."""

    says: ClassVar[str] = marked("数据库不是空的（已有 %(tables)s 张表），不能恢复到里面。")
    remedy: ClassVar[str] = marked("请用新的 LIANDONG_HOME 或新建的空数据库。")


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds."""

    database_bytes: int
    uploads: int
    has_keys: bool


def write_backup(file: Path, *, home: Home, database_url: str, at: datetime, with_keys: bool) -> Contents:
    """Write everything to `file`, readable by its owner only, complete or not at all. Raises BackupFailed."""
    part = file.with_name(f"{file.name}.part")
    with tempfile.TemporaryDirectory(dir=file.absolute().parent, prefix=".backup-") as folder:
        dump = Path(folder) / "database.dump"
        # The database first: uploads are written before the rows that name them, and are never changed.
        _run_tool("pg_dump", database_url or home.dsn, "--format=custom", "--no-owner", f"--file={dump}")
        members = {"database.dump": dump, **_files_below(home.uploads, "uploads", leave_out=_UNFINISHED)}
        if with_keys:
            members |= _files_below(home.keys, "keys")
        manifest = {
            "form": FORM,
            "made_at": at.isoformat(),
            "has_keys": with_keys,
            "files": {name: {"bytes": path.stat().st_size, "sha256": _sha256(path)} for name, path in members.items()},
        }
        descriptor = os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as stream, tarfile.open(fileobj=stream, mode="w") as archive:
            _add_text(archive, "manifest.json", json.dumps(manifest, indent=1))
            for name, path in members.items():
                archive.add(path, arcname=name, recursive=False)
        part.replace(file)
    uploads = sum(name.startswith("uploads/") for name in members)
    return Contents(manifest["files"]["database.dump"]["bytes"], uploads, with_keys)  # type: ignore[index]


def restore_backup(file: Path, *, home: Home, database_url: str) -> Contents:
    """Put the backup's database, uploads and keys in place. The database must be empty.

    Raises DatabaseNotEmpty, BrokenBackup, BackupFailed. The caller renumbers the timeline afterwards.
    """
    address = database_url or home.dsn
    refuse_unless_empty(address)
    with tempfile.TemporaryDirectory(dir=home.path, prefix=".restore-") as folder:
        unpacked = Path(folder)
        manifest = _unpack(file, unpacked)
        dump = str(unpacked / "database.dump")
        _run_tool("pg_restore", address, "--no-owner", "--exit-on-error", "--single-transaction", dump)
        for kind, target in (("uploads", home.uploads), ("keys", home.keys)):
            for path in sorted((unpacked / kind).rglob("*")) if (unpacked / kind).exists() else []:
                if path.is_file():
                    _put(path, target / path.relative_to(unpacked / kind))
    names = manifest["files"]
    uploads = sum(name.startswith("uploads/") for name in names)
    return Contents(names["database.dump"]["bytes"], uploads, bool(manifest["has_keys"]))


def refuse_unless_empty(address: str) -> None:
    """Raise DatabaseNotEmpty when the database at `address` has a table of anybody's."""
    with psycopg.connect(address) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace"
            " WHERE relkind IN ('r', 'p') AND nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'"
        ).fetchone()
    if row and row[0]:
        raise DatabaseNotEmpty(tables=row[0])


def _unpack(file: Path, target: Path) -> dict[str, Any]:
    """Unpack into `target` and return the manifest; every file must be as the manifest says."""
    try:
        with tarfile.open(file) as archive:
            archive.extractall(target, filter="data")
        manifest: dict[str, Any] = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
        files = manifest["files"]
    except (OSError, tarfile.TarError, ValueError, KeyError) as error:
        raise BrokenBackup(file=str(file), words=str(error)) from error
    if manifest.get("form") != FORM or "database.dump" not in files:
        raise BrokenBackup(file=str(file), words=f"form {manifest.get('form')}")
    for name, expected in files.items():
        path = target / name
        if not path.is_file() or _sha256(path) != expected["sha256"]:
            raise BrokenBackup(file=str(file), words=name)
    return manifest


def _run_tool(tool: str, address: str, *arguments: str) -> None:
    """Run a PostgreSQL tool on the database; the password goes by the environment, where no other user sees it."""
    parts = urlsplit(address)
    password = unquote(parts.password or "")
    user, _, place = parts.netloc.rpartition("@")
    bare = parts._replace(netloc=f"{user.split(':')[0]}@{place}" if user else place).geturl()
    environment = {**os.environ, **({"PGPASSWORD": password} if password else {})}
    command = [find_tool(tool), f"--dbname={bare}", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BackupFailed(tool=tool, words=" / ".join(done.stderr.strip().splitlines()[-3:]))


def _files_below(folder: Path, name: str, *, leave_out: tuple[str, ...] = ()) -> dict[str, Path]:
    if not folder.exists():
        return {}
    found = {path.relative_to(folder): path for path in sorted(folder.rglob("*")) if path.is_file()}
    kept = {
        path: full
        for path, full in found.items()
        if not any(fnmatch(part, pattern) for part in path.parts for pattern in leave_out)
    }
    return {f"{name}/{path}": full for path, full in kept.items()}


def _put(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = target.with_name(f".{target.name}.part")
    with source.open("rb") as reading, os.fdopen(os.open(part, os.O_CREAT | os.O_WRONLY, 0o600), "wb") as writing:
        while chunk := reading.read(_CHUNK_BYTES):
            writing.write(chunk)
    part.replace(target)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _add_text(archive: tarfile.TarFile, name: str, text: str) -> None:
    content = text.encode()
    member = tarfile.TarInfo(name)
    member.size = len(content)
    member.mode = 0o600
    archive.addfile(member, io.BytesIO(content))
