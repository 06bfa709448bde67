"""Files of a case by the interface: add one whole, list them, read one by ranges."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, cast

import orjson
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from ninja import Schema

from liandong.cases import operations
from liandong.cases.api.headers import IDEMPOTENCY_KEY, answered_once, etag_of, held
from liandong.cases.api.reading import READ, number_in, router
from liandong.cases.api.rows import AttachmentRow, PhotoRow, attachment_row, photo_row
from liandong.cases.idempotency import Answer
from liandong.cases.models import Attachment
from liandong.cases.queries import attachments_of, case_for, file_for, hidden_reporter
from liandong.cases.rules.files import FORMATS, PURPOSES, FileKind
from liandong.cases.scanning import VirusFound
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor
from liandong.people.api import answer, caller_of
from liandong.web.files import send_file

WRITE = "cases:write"
_TYPES = frozenset(row.media_type for row in FORMATS.values())
_BINARY = {"schema": {"type": "string", "format": "binary"}}


def _form(field: str) -> dict[str, Any]:
    purpose = {"type": "string", "enum": list(PURPOSES)}
    properties = {field: {"type": "string", "format": "binary"}, "purpose": purpose}
    return {"schema": {"type": "object", "required": [field], "properties": properties}}


class PhotoExpected(Refusal):
    """A photo call without a photo."""

    status = 415
    says = marked("请求中没有照片。")
    remedy = marked("请以 multipart/form-data 的 photo 字段上传，或以 image/jpeg、image/png 直接发送照片内容。")


class FileExpected(Refusal):
    """A call that brings a file, without one."""

    status = 415
    says = marked("请求中没有文件。")
    remedy = marked("请以 multipart/form-data 的 file 字段上传，或以文件本身的类型（如 video/mp4）直接发送内容。")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file as it comes in: to which case, its content, its name and what it is for."""

    number: str
    stream: Any
    name: str
    purpose: str


class AttachmentList(Schema):
    """The files of a case."""

    number: str
    attachments: list[AttachmentRow]


@router.post(
    "/cases/{number}/photos",
    response={201: PhotoRow},
    operation_id="add_photo",
    summary="上传照片",
    openapi_extra={
        "parameters": [IDEMPOTENCY_KEY],
        "requestBody": {
            "required": True,
            "content": {"multipart/form-data": _form("photo"), "image/jpeg": _BINARY, "image/png": _BINARY},
        },
    },
)
def add_photo(request: HttpRequest, number: str, purpose: str = "evidence") -> HttpResponse:
    """Add a JPEG or PNG: as field `photo` of a form, or as the body itself."""
    actor, at = caller_of(request, WRITE).actor, timezone.now()
    sent = request.FILES.get("photo") if request.content_type == "multipart/form-data" else None
    if sent is None and not (request.content_type or "").startswith("image/"):
        raise PhotoExpected
    given = Incoming(number, sent or request, sent.name or "" if sent else "", _purpose(request, purpose))
    return _attached(request, given, photo_row, actor=actor, at=at, only=FileKind.PHOTO)


@router.post(
    "/cases/{number}/attachments",
    response={201: AttachmentRow},
    operation_id="attach_file",
    summary="上传附件",
    openapi_extra={
        "parameters": [IDEMPOTENCY_KEY],
        "requestBody": {
            "required": True,
            "content": {"multipart/form-data": _form("file"), **dict.fromkeys(sorted(_TYPES), _BINARY)},
        },
    },
)
def attach_file(request: HttpRequest, number: str, purpose: str = "evidence", name: str = "") -> HttpResponse:
    """Add a photo, recording, film, PDF or Office file: as field `file` of a form, or as the body itself.

    What it is, its content decides. Larger files come in pieces: `POST /cases/{number}/uploads`.
    """
    actor, at = caller_of(request, WRITE).actor, timezone.now()
    sent = request.FILES.get("file") if request.content_type == "multipart/form-data" else None
    if sent is None and request.content_type not in (*_TYPES, "application/octet-stream"):
        raise FileExpected
    given = Incoming(number, sent or request, sent.name or "" if sent else name, _purpose(request, purpose))
    return _attached(request, given, attachment_row, actor=actor, at=at)


@router.get("/cases/{number}/attachments", response=AttachmentList, operation_id="list_attachments", summary="附件列表")
def list_attachments(request: HttpRequest, number: str) -> HttpResponse:
    """The files of a case, in the order in which they came."""
    case = case_for(caller_of(request, READ).actor, number_in(number))
    hidden = hidden_reporter(case)
    rows = [attachment_row(one, hidden=hidden) for one in attachments_of(case)]
    return answer({"number": case.number, "attachments": rows})


@router.get(
    "/cases/{number}/attachments/{attachment}",
    operation_id="read_attachment",
    summary="下载附件",
    openapi_extra={
        "responses": {
            200: {"description": "the file", "content": {"application/octet-stream": _BINARY}},
            206: {"description": "the range asked for", "content": {"application/octet-stream": _BINARY}},
        }
    },
)
def read_attachment(request: HttpRequest, number: str, attachment: int, original: bool = False) -> HttpResponseBase:  # noqa: FBT001, FBT002 - a query parameter
    """The content of a file, whole or by `Range`.

    Of a photo the copy without metadata; the original with `original=true`, for those who judge the evidence.
    """
    actor = caller_of(request, READ).actor
    return send_file(request, file_for(actor, number_in(number), attachment, original=original))


def _purpose(request: HttpRequest, asked: str) -> str:
    """What a file is for: as the form says, else as the address does."""
    is_form = request.content_type == "multipart/form-data"
    return request.POST.get("purpose") or asked if is_form else asked


def _attached(
    request: HttpRequest,
    given: Incoming,
    shown: Callable[[Attachment], dict[str, Any]],
    *,
    actor: Actor,
    at: datetime,
    only: FileKind | None = None,
) -> HttpResponse:
    """Keep a file, once for the caller's key, and answer with its row."""
    number = number_in(given.number)
    versions: list[int] = []
    with held(request, cast("BinaryIO", given.stream)) as (stream, digest):

        def effect() -> Answer:
            try:
                kept = operations.attach_file(
                    number, stream=stream, name=given.name, purpose=given.purpose, actor=actor, at=at, only=only
                )
            except VirusFound as found:
                # That a virus came stands on the record, and must outlast this refusal.
                return Answer(found.status, dict(found.values))
            versions.append(kept.case.version)
            return Answer(201, shown(kept))

        content = b"\x00".join((digest, given.name.encode(), given.purpose.encode()))
        response = answered_once(request, effect, actor=actor, at=at, content=content)
    if response.status_code == VirusFound.status:
        raise VirusFound(**orjson.loads(response.content))
    if versions:
        response["ETag"] = etag_of(versions[0])
    return response
