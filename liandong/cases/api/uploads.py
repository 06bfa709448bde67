"""Files in pieces, by the tus protocol 1.0.0: core, creation, termination, expiration (tus.io/protocols).

An upload begins at its case and is continued at the address it is given. One request brings at most
`LIANDONG_MAX_UPLOAD` bytes; clients are told to send smaller pieces (`chunkSize`).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from functools import wraps
from typing import Any, BinaryIO, cast
from uuid import UUID

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import http_date
from ninja import Router

from liandong.cases import operations
from liandong.cases.api.attachments import WRITE
from liandong.cases.api.headers import IDEMPOTENCY_KEY, answered_once, etag_of
from liandong.cases.api.reading import number_in
from liandong.cases.idempotency import Answer
from liandong.cases.models import Upload
from liandong.cases.queries import upload_for
from liandong.kernel.refusal import Refusal, marked
from liandong.people.api import caller_of
from liandong.web.middleware import problem
from liandong.web.refusals import explain

router = Router(tags=["uploads"])
VERSION = "1.0.0"
EXTENSIONS = "creation,termination,expiration"
PIECE = "application/offset+octet-stream"
_LONGEST_METADATA = 4000


class TusVersionUnknown(Refusal):
    """A call without the version of the protocol, or of another version."""

    status = 412
    says = marked("续传协议版本“%(version)s”不受支持。")
    remedy = marked("请在请求头写明 Tus-Resumable: 1.0.0。")


class UploadUnreadable(Refusal):
    """A header of the protocol that is missing or is no number."""

    status = 400
    says = marked("请求头 %(header)s 缺失或无法识别。")
    remedy = marked("请按 tus 1.0.0 协议发送；不支持预先不知长度的上传。")


class PieceExpected(Refusal):
    """A piece sent as something else."""

    status = 415
    says = marked("续传内容的类型应为 application/offset+octet-stream。")
    remedy = marked("请检查客户端是否使用 tus 1.0.0 协议。")


def _header(name: str, *, needed: bool = True, kind: str = "integer") -> dict[str, Any]:
    return {"in": "header", "name": name, "required": needed, "schema": {"type": kind}}


_TUS = {"in": "header", "name": "Tus-Resumable", "required": True, "schema": {"type": "string", "enum": [VERSION]}}
_PIECE = {PIECE: {"schema": {"type": "string", "format": "binary"}}}
View = Callable[..., HttpResponse]


def speaks_tus(view: View) -> View:
    """Ask for the version first, and put it on every answer, refusals too."""

    @wraps(view)
    def _answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            version = request.headers.get("Tus-Resumable", "")
            if version != VERSION:
                raise TusVersionUnknown(version=version[:20])
            response = view(request, *args, **kwargs)
        except Refusal as refusal:
            response = problem(explain(refusal))
            if response.status_code == 412:
                response["Tus-Version"] = VERSION
        response["Tus-Resumable"] = VERSION
        return response

    return _answer


@router.api_operation(["OPTIONS"], "/uploads", auth=None, operation_id="upload_options", summary="续传能力")
def upload_options(request: HttpRequest) -> HttpResponse:
    """What of the protocol is spoken here."""
    response = HttpResponse(status=204)
    response["Tus-Resumable"] = response["Tus-Version"] = VERSION
    response["Tus-Extension"] = EXTENSIONS
    response["Tus-Max-Size"] = str(max(settings.LIANDONG_UPLOAD_LIMITS.values()))
    return response


@router.post(
    "/cases/{number}/uploads",
    operation_id="begin_upload",
    summary="开始分段上传",
    openapi_extra={
        "parameters": [
            _TUS,
            IDEMPOTENCY_KEY,
            _header("Upload-Length"),
            _header("Upload-Metadata", needed=False, kind="string"),
        ],
        "responses": {201: {"description": "begun; `Location` is where its pieces go"}},
    },
)
@speaks_tus
def begin_upload(request: HttpRequest, number: str) -> HttpResponse:
    """Announce a file. `Upload-Metadata` may hold `filename` and `purpose`, each in base64."""
    actor, at = caller_of(request, WRITE).actor, timezone.now()
    metadata, length = request.headers.get("Upload-Metadata", ""), _number(request, "Upload-Length")
    told = _metadata(metadata)

    def effect() -> Answer:
        begun = operations.begin_upload(
            number_in(number),
            name=told.get("filename", "") or told.get("name", ""),
            purpose=told.get("purpose", "") or "evidence",
            length=length,
            actor=actor,
            at=at,
        )
        return Answer(201, {"upload": str(begun.pk)})

    given = answered_once(request, effect, actor=actor, at=at, content=f"{length} {metadata}".encode())
    upload = upload_for(actor, UUID(orjson.loads(given.content)["upload"]), at=at)
    response = _state(HttpResponse(status=201), upload)
    response["Location"] = f"/api/v1/uploads/{upload.pk}"
    return response


@router.api_operation(
    ["HEAD"],
    "/uploads/{upload}",
    operation_id="upload_state",
    summary="查询已收到的字节数",
    openapi_extra={"parameters": [_TUS], "responses": {200: {"description": "`Upload-Offset` bytes have arrived"}}},
)
@speaks_tus
def upload_state(request: HttpRequest, upload: UUID) -> HttpResponse:
    """How much of an upload has arrived."""
    found = upload_for(caller_of(request, WRITE).actor, upload, at=timezone.now())
    response = _state(HttpResponse(status=200), found)
    response["Upload-Length"] = str(found.length)
    return response


@router.patch(
    "/uploads/{upload}",
    operation_id="continue_upload",
    summary="续传一段",
    openapi_extra={
        "parameters": [_TUS, _header("Upload-Offset")],
        "requestBody": {"required": True, "content": _PIECE},
        "responses": {204: {"description": "taken; `Liandong-Attachment` names the attachment once it is whole"}},
    },
)
@speaks_tus
def continue_upload(request: HttpRequest, upload: UUID) -> HttpResponse:
    """Bring the next piece. With the last one the file is checked and becomes an attachment."""
    actor, at = caller_of(request, WRITE).actor, timezone.now()
    if request.content_type != PIECE:
        raise PieceExpected
    offset = _number(request, "Upload-Offset")
    found = operations.continue_upload(upload, offset=offset, stream=cast("BinaryIO", request), actor=actor, at=at)
    return _state(HttpResponse(status=204), found)


@router.delete(
    "/uploads/{upload}",
    operation_id="drop_upload",
    summary="取消上传",
    openapi_extra={"parameters": [_TUS], "responses": {204: {"description": "gone"}}},
)
@speaks_tus
def drop_upload(request: HttpRequest, upload: UUID) -> HttpResponse:
    """Forget an upload and what has come of it."""
    operations.drop_upload(upload, actor=caller_of(request, WRITE).actor, at=timezone.now())
    return HttpResponse(status=204)


def _state(response: HttpResponse, upload: Upload) -> HttpResponse:
    response["Upload-Offset"] = str(upload.received)
    response["Upload-Expires"] = http_date(upload.expires_at.timestamp())
    response["Cache-Control"] = "no-store"
    if upload.attachment is not None:
        response["Liandong-Attachment"] = str(upload.attachment.pk)
        response["ETag"] = etag_of(upload.attachment.case.version)
    return response


def _number(request: HttpRequest, header: str) -> int:
    text = request.headers.get(header, "")
    if not text.isdecimal() or len(text) > 15:
        raise UploadUnreadable(header=header)
    return int(text)


def _metadata(text: str) -> dict[str, str]:
    """What `Upload-Metadata` says: pairs of a key and its value in base64, parted by commas."""
    found: dict[str, str] = {}
    for pair in text[:_LONGEST_METADATA].split(","):
        key, _, value = pair.strip().partition(" ")
        try:
            found[key] = base64.b64decode(value.strip(), validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            raise UploadUnreadable(header="Upload-Metadata") from None
    return found
