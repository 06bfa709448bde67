"""What every change may carry: the version its caller has seen, and a key under which it is made once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, Final, cast

from django.http import HttpRequest, HttpResponse

from liandong.cases.idempotency import Answer, once
from liandong.cases.queries import digest_of_call
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor
from liandong.people.api import answer

_VERSION: Final = re.compile(r'(?:W/)?"?(\d{1,9})"?', re.ASCII)
_IN_MEMORY: Final = 1_000_000

IF_MATCH: Final = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "schema": {"type": "string", "examples": ['"3"']},
    "description": "the version read, from `ETag` / 读取时 ETag 中的版本号",
}
IDEMPOTENCY_KEY: Final = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "maxLength": 80},
    "description": "the same key and body get the same answer / 同一键与内容得到同一结果",
}


class VersionNeeded(Refusal):
    """A step without `If-Match`: it would overwrite what others did unseen."""

    status = 428
    says = marked("缺少请求头 If-Match。")
    remedy = marked('请先读取案件，把 ETag 中的版本号写入 If-Match，例如 If-Match: "3"。')


class VersionUnreadable(Refusal):
    """An `If-Match` that is no version."""

    status = 400
    says = marked("If-Match 的内容“%(text)s”不是案件版本号。")
    remedy = marked('请原样使用读取案件时返回的 ETag，例如 If-Match: "3"。')


def etag_of(version: int) -> str:
    """A version as an `ETag`."""
    return f'"{version}"'


def version_in(request: HttpRequest) -> int:
    """The version a caller has seen.

    :raises VersionNeeded: they do not say
    :raises VersionUnreadable: it is no version
    """
    text = request.headers.get("If-Match")
    if text is None:
        raise VersionNeeded
    found = _VERSION.fullmatch(text.strip())
    if not found:
        raise VersionUnreadable(text=text[:40])
    return int(found[1])


def answered_once(
    request: HttpRequest,
    effect: Callable[[], Answer],
    *,
    actor: Actor,
    at: datetime,
    content: bytes | None = None,
    beside: Callable[[], dict[str, Any]] = dict,
    location: Callable[[dict[str, Any]], str] | None = None,
) -> HttpResponse:
    """Make a change once for the caller's `Idempotency-Key` and answer, with the version it left as `ETag`.

    `content` stands for the body where that is no JSON; `beside` is told this once and never again.

    :raises BadIdempotencyKey, KeyUsedForAnotherCall: see `idempotency.once`
    """
    given = once(
        request.headers.get("Idempotency-Key"),
        account=actor.user_id,
        digest=digest_of_call(_call(request), request.body if content is None else content),
        at=at,
        effect=effect,
    )
    headers = {"ETag": etag_of(given.body["version"])} if "version" in given.body else {}
    if location is not None:
        headers["Location"] = location(given.body)
    if given.is_replayed:
        headers["Idempotency-Replayed"] = "true"
    if given.status == 204:
        return HttpResponse(status=204, headers=headers)
    return answer({**given.body, **beside()}, status=given.status, headers=headers)


@contextmanager
def held(request: HttpRequest, stream: BinaryIO) -> Iterator[tuple[BinaryIO, bytes]]:
    """A file that is being sent, and what tells it from another under the same key; read ahead only where one is given.

    The content of a key's call must be known before it is made, and a request can be read once.
    """
    if "Idempotency-Key" not in request.headers:
        yield stream, b""
        return
    digest = hashlib.sha256()
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as kept:
        while chunk := stream.read(65_536):
            digest.update(chunk)
            kept.write(chunk)
        kept.seek(0)
        yield cast("BinaryIO", kept), digest.digest()


def _call(request: HttpRequest) -> bytes:
    """Which call it is: the address alone for a POST, as keys that are in use today were remembered."""
    method = b"" if request.method == "POST" else f"{request.method} ".encode()
    return method + request.path.encode()
