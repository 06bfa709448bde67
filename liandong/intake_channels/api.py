"""Files of matters by the interface: bring one, see what its rows would come to, have the good ones taken."""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from liandong.cases.api.attachments import FileExpected
from liandong.cases.api.headers import IDEMPOTENCY_KEY, answered_once
from liandong.cases.api.reading import READ, district_for
from liandong.cases.api.writing import WRITE
from liandong.cases.idempotency import Answer
from liandong.intake_channels.models import BulkFile
from liandong.intake_channels.operations import ask_for_file, keep_file
from liandong.intake_channels.operations.bulk import FileForgotten, outlook_of
from liandong.intake_channels.queries import bulk_file_of, bulk_files_of
from liandong.people.access import Actor
from liandong.people.api import answer, caller_of
from liandong.web.cursors import id_cursor, id_in

router = Router(tags=["files"])

_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TYPES: Final = ("text/csv", _XLSX, "application/octet-stream")
_BINARY: Final = {"schema": {"type": "string", "format": "binary"}}
_FORM: Final = {
    "schema": {"type": "object", "required": ["file"], "properties": {"file": _BINARY["schema"]}},
}


class FileRow(Schema):
    """A file of matters: `draft`, `taking` or `done`; of its `total` rows so many are `done`."""

    id: int
    name: str
    state: str
    total: int
    done: int
    made_at: datetime
    ended_at: datetime | None


class RowRefused(Schema):
    """A row that is, or was, refused: its number in the file, by which refusal, why, and what to do."""

    row: int
    code: str
    says: str
    remedy: str


class FileDetail(FileRow):
    """With what its rows will come to, or came to: `taken` as cases, `duplicate` of ones there are, or `refused`.

    All three are null for a draft whose content is no longer kept.
    """

    taken: int | None
    duplicate: int | None
    refused: list[RowRefused] | None


class FilePage(Schema):
    """One page of the caller's files, the latest first; `next` is the cursor of the page after it."""

    files: list[FileRow]
    next: str | None


@router.post(
    "/files",
    response={201: FileDetail},
    operation_id="keep_file",
    summary="上传批量文件",
    openapi_extra={
        "parameters": [IDEMPOTENCY_KEY],
        "requestBody": {"required": True, "content": {"multipart/form-data": _FORM, **dict.fromkeys(_TYPES, _BINARY)}},
    },
)
def keep(
    request: HttpRequest,
    name: Annotated[str, Field(max_length=120)] = "",
    district: Annotated[str, Field(max_length=6)] = "",
) -> HttpResponse:
    """Bring a workbook or CSV: as field `file` of a form, or as the body itself. Nothing is entered yet.

    The same content again is the same file.
    """
    actor, at = caller_of(request, WRITE).actor, timezone.now()
    sent = request.FILES.get("file") if request.content_type == "multipart/form-data" else None
    if sent is None and request.content_type not in _TYPES:
        raise FileExpected
    content = sent.read() if sent else request.body
    effect = partial(_kept, content, name or (sent.name if sent else "") or "", district, actor=actor, at=at)
    digest = hashlib.sha256(content).digest()
    return answered_once(
        request, effect, actor=actor, at=at, content=digest, location=lambda told: f"{request.path}/{told['id']}"
    )


@router.get("/files", response=FilePage, operation_id="list_files", summary="批量文件列表")
def list_files(
    request: HttpRequest,
    limit: Annotated[int, Field(ge=1, le=200)] = 50,
    cursor: Annotated[str, Field(max_length=100)] = "",
) -> HttpResponse:
    """The files the caller brought."""
    found = bulk_files_of(caller_of(request, READ).actor)
    if after := id_in(cursor):
        found = found.filter(pk__lt=after)
    rows = list(found[: limit + 1])
    more = id_cursor(rows[limit - 1].pk) if len(rows) > limit else None
    return answer({"files": [_row(row) for row in rows[:limit]], "next": more})


@router.get("/files/{file}", response=FileDetail, operation_id="get_file", summary="批量文件")
def get_file(request: HttpRequest, file: int) -> HttpResponse:
    """One of the caller's files, and how far it is."""
    return answer(_detail(bulk_file_of(caller_of(request, READ).actor, file), at=timezone.now()))


@router.post(
    "/files/{file}/take",
    response={202: FileDetail},
    operation_id="take_file",
    summary="导入批量文件",
    openapi_extra={"parameters": [IDEMPOTENCY_KEY]},
)
def take(request: HttpRequest, file: int) -> HttpResponse:
    """Have the good rows of a file taken. The worker does it; ask for the file to see how far it is."""
    actor, at = caller_of(request, WRITE).actor, timezone.now()

    def effect() -> Answer:
        return Answer(202, _detail(ask_for_file(file, actor=actor, at=at), at=at))

    return answered_once(request, effect, actor=actor, at=at)


def _kept(content: bytes, name: str, district: str, *, actor: Actor, at: datetime) -> Answer:
    kept = keep_file(content, name=name, district=district_for(actor, district), actor=actor, at=at)
    return Answer(201, _detail(kept, at=at))


def _row(file: BulkFile) -> dict[str, Any]:
    return {"id": file.pk, **{name: getattr(file, name) for name in FileRow.model_fields if name != "id"}}


def _detail(file: BulkFile, *, at: datetime) -> dict[str, Any]:
    try:
        outlook = outlook_of(file, at=at)
    except FileForgotten:
        return {**_row(file), "taken": None, "duplicate": None, "refused": None}
    refused = [{"row": bad.number, "code": bad.code, "says": bad.says, "remedy": bad.remedy} for bad in outlook.bad]
    return {**_row(file), "taken": outlook.good, "duplicate": outlook.same, "refused": refused}
