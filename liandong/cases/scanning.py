"""Asking a virus scanner: clamd's INSTREAM over TCP or a Unix socket, where `LIANDONG_CLAMD` names one.

`tcp://host:3310` or `unix:/run/clamav/clamd.ctl`. Protocol: clamd(8), commands of the form `zCOMMAND` and NUL. clamd
takes no stream longer than its own `StreamMaxLength`; a longer file was not scanned, and the policy decides.
"""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

import structlog
from django.conf import settings

from liandong.cases.rules.files.formats import UnfitFile
from liandong.kernel.refusal import marked

CHUNK_BYTES = 65_536
_log = structlog.get_logger("liandong.scanning")


class ScanState(StrEnum):
    """What is known of a file: scanned and clean, found, not scanned at all, or held until it is."""

    CLEAN = "clean"
    FOUND = "found"
    UNSCANNED = "unscanned"
    HELD = "held"


class VirusFound(UnfitFile):
    """The scanner found something. The file is in quarantine."""

    says = marked("病毒扫描在文件中发现“%(signature)s”，文件已隔离。")
    remedy = marked("请检查来源设备是否中毒；不要再次上传此文件。")


@dataclass(frozen=True, slots=True)
class Scanned:
    """An answer: the state of the file, and the name of what was found."""

    state: ScanState
    signature: str = ""


def scan(place: Path) -> Scanned:
    """Scan a file. Where no scanner is named it stays unscanned; where it is away or fails, the policy decides."""
    if not settings.LIANDONG_CLAMD:
        return Scanned(ScanState.UNSCANNED)
    try:
        answer = _ask(place)
    except OSError as error:
        answer = f"{type(error).__name__} ERROR"
    if answer.endswith(" FOUND"):
        return Scanned(ScanState.FOUND, answer.removeprefix("stream: ").removesuffix(" FOUND")[:120])
    if answer.endswith("OK"):
        return Scanned(ScanState.CLEAN)
    _log.warning("scanner_away", answer=answer[:200])
    holds = settings.LIANDONG_SCAN_AWAY != "pass"
    return Scanned(ScanState.HELD if holds else ScanState.UNSCANNED)


def _ask(place: Path) -> str:
    with _connected() as scanner, place.open("rb") as file:
        scanner.sendall(b"zINSTREAM\0")
        try:
            while chunk := file.read(CHUNK_BYTES):
                scanner.sendall(struct.pack(">I", len(chunk)) + chunk)
            scanner.sendall(struct.pack(">I", 0))
        except (BrokenPipeError, ConnectionResetError):
            # clamd says why it closed before it does: a stream longer than it takes.
            pass
        answer = b""
        while part := scanner.recv(4096):
            answer += part
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")


def _connected() -> socket.socket:
    address = settings.LIANDONG_CLAMD
    if address.startswith("unix:"):
        scanner = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        scanner.settimeout(settings.LIANDONG_CLAMD_TIMEOUT)
        try:
            scanner.connect(address.removeprefix("unix:"))
        except OSError:
            scanner.close()
            raise
        return scanner
    parts = urlsplit(address)
    return socket.create_connection((parts.hostname, parts.port or 3310), timeout=settings.LIANDONG_CLAMD_TIMEOUT)
