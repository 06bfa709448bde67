"""What the report's form says, read without trusting it: plain fields, a stamp of when it was shown, and a bait."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Mapping
from datetime import datetime
from typing import BinaryIO, Final, cast
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from liandong.cases.changes.intake import MixedCoordinates
from liandong.cases.rules.words import NATURE_WORDS, Nature
from liandong.citizen.operations.reports import Files, Sending
from liandong.citizen.sealing import signed, unsigned
from liandong.kernel.datum import Datum
from liandong.kernel.refusal import Refusal, marked

BAIT: Final = "website"
LONGEST_KEY: Final = 80
_PURPOSE: Final = "form"
FIELDS: Final = ("words", "address", "lon", "lat", "datum", "nature", "class_code", "confidential", "use_phone")


class FilledByMachine(Refusal):
    """A field that people neither see nor reach was filled in."""

    status = 422
    says = marked("这次提交看起来由程序自动完成。")
    remedy = marked("请把标为“请留空”的一栏清空后再提交；如果您使用自动填表工具，请先关闭。")


class FilledTooFast(Refusal):
    """Sent sooner after the form was shown than anybody writes."""

    status = 422
    says = marked("提交得太快，像是程序自动完成。")
    remedy = marked("请过 %(seconds)s 秒再点一次“提交”，内容都还在。")


class FormNotOurs(Refusal):
    """A form without our stamp."""

    status = 422
    says = marked("表单不完整。")
    remedy = marked("请刷新页面后重新提交；写好的文字请先复制。")


def fresh_form(*, at: datetime) -> dict[str, str]:
    """The hidden fields of a form shown at `at`: its stamp, and the key that makes it one report."""
    return {"stamp": signed(str(int(at.timestamp())), purpose=_PURPOSE), "key": str(uuid4())}


def refuse_machines(form: Mapping[str, str], *, at: datetime) -> None:
    """Return where a person may have filled in the form.

    :raises FilledByMachine, FilledTooFast, FormNotOurs: as they say
    """
    if form.get(BAIT, ""):
        raise FilledByMachine
    shown = unsigned(form.get("stamp", ""), purpose=_PURPOSE)
    if not shown:
        raise FormNotOurs
    # How long ago by our own clock, whatever the device's says; a page kept for days offline is as good.
    seconds = settings.LIANDONG_CITIZEN_SECONDS
    if at.timestamp() - int(shown) < seconds:
        raise FilledTooFast(seconds=seconds)


def sending_in(request: HttpRequest, *, phone: str) -> Sending:
    """What a form sends; `phone` is the one proven on the device, used if the form says so.

    :raises MixedCoordinates: a coordinate that is no number
    """
    form = request.POST
    # 这个位置不在本区: whoever says that it is right all the same is believed, and described by words alone.
    has_point = not form.get("without_point")
    key = request.headers.get("Idempotency-Key") or form.get("key", "")
    return Sending(
        words=form.get("words", "").strip(),
        key=key[:LONGEST_KEY] or str(uuid4()),
        address=form.get("address", "").strip(),
        lon=_degrees(form.get("lon", "")) if has_point else None,
        lat=_degrees(form.get("lat", "")) if has_point else None,
        datum=form.get("datum", "") or Datum.WGS84.value,
        nature=form.get("nature", ""),
        class_code=form.get("class_code", "").strip(),
        phone=phone if form.get("use_phone") else "",
        is_confidential=bool(form.get("confidential")),
    )


def files_in(request: HttpRequest) -> Files:
    """The files of a form; empty inputs, as browsers send them, are none."""
    photos = [(file.name or "", cast("BinaryIO", file)) for file in request.FILES.getlist("photo") if file.size]
    voice = request.FILES.get("voice")
    told = (voice.name or "", cast("BinaryIO", voice)) if voice is not None and voice.size else None
    return Files(photos, told)


def natures() -> list[tuple[str, object]]:
    """The natures to choose from; none chosen means that of the class."""
    return [("", _("不确定")), *((nature.value, _(NATURE_WORDS[nature])) for nature in Nature)]


def _degrees(text: str) -> float | None:
    if not text.strip():
        return None
    with contextlib.suppress(ValueError):
        if math.isfinite(degrees := float(text)):
            return degrees
    raise MixedCoordinates
