"""The one directory that holds state outside PostgreSQL: database files, keys, uploads.

Leaves out what lies in it: the database files belong to `postgres`, uploads to the modules that take them.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

SOCKET_FILE = ".s.PGSQL.5432"
# sun_path of a Unix socket address holds 108 bytes, the last of them NUL (unix(7)).
LONGEST_SOCKET_PATH = 107


class UnusableHome(Exception):
    """`LIANDONG_HOME`, or a directory it depends on, belongs to somebody else or cannot be written."""


@dataclass(frozen=True, slots=True)
class Home:
    """`LIANDONG_HOME`: created on first use, readable by its owner only."""

    path: Path

    @property
    def postgres(self) -> Path:
        """Data directory of the embedded PostgreSQL."""
        return self.path / "postgres"

    @property
    def logs(self) -> Path:
        """What the embedded PostgreSQL writes about itself."""
        return self.path / "logs"

    @property
    def uploads(self) -> Path:
        """Attachments, named by their content."""
        return self.path / "uploads"

    @property
    def keys(self) -> Path:
        """Random keys, one file each."""
        return self.path / "keys"

    @property
    def socket(self) -> Path:
        """Directory of the embedded PostgreSQL's Unix socket.

        Where the path would not fit into a socket address, a short private directory is made once and remembered.
        Raises UnusableHome when the remembered directory was taken over by another user.
        """
        usual = self.path.absolute() / "run"
        if len(os.fsencode(usual / SOCKET_FILE)) <= LONGEST_SOCKET_PATH:
            return usual
        self.create()
        note = self.path / "socket-directory"
        if not note.exists():
            _write_once(note, tempfile.mkdtemp(prefix="liandong-"))
        short = Path(note.read_text())
        short.mkdir(mode=0o700, exist_ok=True)
        _refuse_unless_private(short)
        return short

    @property
    def dsn(self) -> str:
        """Address of the embedded PostgreSQL, in the form `DATABASE_URL` takes."""
        return f"postgresql://liandong@/liandong?host={quote(str(self.socket), safe='')}"

    def create(self) -> None:
        """Make the directory, private to its owner; the folders above it keep their modes.

        Raises UnusableHome when that is impossible.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise UnusableHome(f"{self.path}: {error.strerror}") from error

    def secret(self, name: str) -> str:
        """Return the named key, made at random on first use and kept with mode 0600."""
        file = self.keys / name
        if not file.exists():
            self.create()
            self.keys.mkdir(exist_ok=True, mode=0o700)
            _write_once(file, secrets.token_urlsafe(48))
        return file.read_text()

    def database(self, url: str) -> dict[str, Any]:
        """Return Django's settings for `url`, or for the embedded PostgreSQL when it is empty."""
        parts = urlsplit(url or self.dsn)
        options = dict(parse_qsl(parts.query))
        host = options.pop("host", parts.hostname or "")
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": host,
            "PORT": str(parts.port or ""),
            # Connections live as long as the thread that uses them; a broken one is found at the next request.
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": False,
            "OPTIONS": {
                "server_side_binding": True,
                "prepare_threshold": 2,
                "connect_timeout": 5,
                **options,
            },
        }


def _write_once(file: Path, text: str) -> None:
    """Write `file` with mode 0600 unless it exists; of many at once the first wins and no reader sees a part."""
    fresh = file.with_name(f".{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)
    with contextlib.suppress(FileExistsError):
        os.link(fresh, file)
    fresh.unlink()


def _refuse_unless_private(folder: Path) -> None:
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise UnusableHome(f"{folder} is not a private directory of this user")
