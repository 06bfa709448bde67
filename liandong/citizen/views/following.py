"""查进度: by number and phone, or by the link given with the report; what its reporter reads and does there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods, require_safe

from liandong.cases import operations
from liandong.cases.queries import THE_CASE, copy_to_send, told_from_phone
from liandong.citizen.operations import ask_for_code, spend, use_code
from liandong.citizen.phones import proven_phone
from liandong.citizen.queries import APP, followed, has_codes, mobile_of, proven_link
from liandong.citizen.telling import shown_photos, story_of
from liandong.citizen.views.answering import for_everybody, hold_off, kept_private, noted, source_of
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import NotFound
from liandong.web.files import send_file
from liandong.web.middleware import refusal_for


class NothingToDo(Refusal):
    """An act nobody offers here."""

    status = 422
    says = marked("没有这个操作。")
    remedy = marked("请刷新页面，按页面上的按钮操作。")


@for_everybody
@require_http_methods(["GET", "HEAD", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    """Number and phone, then the code: leads to the case for an hour. A phone proven on this device needs no code."""
    context: dict[str, object] = {"has_codes": has_codes(), "number": "", "phone": "", "ticket": ""}
    status = 200
    if request.method == "POST":
        at = timezone.now()
        try:
            step = _prove if request.POST.get("ticket") else _ask
            found = step(request, context, at=at)
            if found:
                return HttpResponseRedirect(reverse("citizen:follow", args=[proven_link(found, at=at)]))
        except Exception as error:
            refusal = refusal_for(error)
            if refusal is None:
                raise
            told = noted(request, refusal)
            context["told"], status = told, told.status
            response = kept_private(render(request, "citizen/track.html", context, status=status))
            hold_off(response, refusal)
            return response
    return kept_private(render(request, "citizen/track.html", context, status=status))


@for_everybody
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """The case behind a link, and the acts of its reporter."""
    at = timezone.now()
    case = followed(token, at=at)
    told, status = None, 200
    if request.method == "POST":
        act = request.POST.get("act", "")
        try:
            if case.is_joined or act not in _ACTS:
                raise NothingToDo
            spend("act_case", of=case.number, at=at)
            _ACTS[act](case.number, request.POST, at)
            return HttpResponseRedirect(f"{reverse('citizen:follow', args=[token])}?done={act}")
        except Exception as error:
            refusal = refusal_for(error)
            if refusal is None:
                raise
            told = noted(request, refusal)
            status = told.status
            case = followed(token, at=at)
    context = {
        "story": story_of(case),
        "token": token,
        "told": told,
        "is_new": "new" in request.GET,
        "done": _DONE.get(request.GET.get("done", "")),
        "ratings": _RATINGS,
        "link": request.build_absolute_uri(reverse("citizen:follow", args=[token])),
        "written": request.POST.get("words", ""),
        "act": request.POST.get("act", ""),
    }
    return kept_private(render(request, "citizen/follow.html", context, status=status))


@for_everybody
@require_safe
def photo(request: HttpRequest, token: str, pk: int) -> HttpResponseBase:
    """A photo of the case: its copy, without what the camera wrote into it."""
    case = followed(token, at=timezone.now())
    found = next((one for one in shown_photos(case) if one.pk == pk), None)
    if found is None:
        raise NotFound(what=THE_CASE)
    return send_file(request, copy_to_send(found))


def _ask(request: HttpRequest, context: dict[str, object], *, at: datetime) -> str:
    """Send a code where the number was told from that phone; the number at once, where the phone is proven already."""
    number, phone = _asked(request, context)
    spend("try_address", of=source_of(request), at=at)
    if mobile_of(phone) == proven_phone(request, at=at) and told_from_phone(number, phone):
        return number
    language = get_language() or "zh-hans"
    ticket = ask_for_code(phone, number=number, address=source_of(request), at=at, language=language)
    context["ticket"] = ticket
    return ""


def _prove(request: HttpRequest, context: dict[str, object], *, at: datetime) -> str:
    number, phone = _asked(request, context)
    ticket = context["ticket"] = request.POST.get("ticket", "")
    code = request.POST.get("code", "")[:20]
    use_code(str(ticket), code=code, phone=phone, number=number, address=source_of(request), at=at)
    return number


def _asked(request: HttpRequest, context: dict[str, object]) -> tuple[str, str]:
    context["number"] = number = request.POST.get("number", "").strip().upper()[:32]
    context["phone"] = phone = request.POST.get("phone", "").strip()[:20]
    return number, phone


def _urge(number: str, form: Mapping[str, str], at: datetime) -> None:
    spend("urge_case", of=number, at=at)
    operations.urge_case(number, note=form.get("words", ""), actor=APP, at=at)


def _add(number: str, form: Mapping[str, str], at: datetime) -> None:
    operations.add_note(number, reason=form.get("words", ""), actor=APP, at=at)


def _withdraw(number: str, form: Mapping[str, str], at: datetime) -> None:
    operations.withdraw_case(number, note=form.get("words", ""), actor=APP, at=at)


def _rate(number: str, form: Mapping[str, str], at: datetime) -> None:
    rating = form.get("rating", "")
    words = form.get("words", "")
    operations.rate_case(number, rating=int(rating) if rating.isdecimal() else 0, note=words, actor=APP, at=at)


def _dispute(number: str, form: Mapping[str, str], at: datetime) -> None:
    operations.dispute_case(number, reason=form.get("words", "") or gettext("还没有解决"), actor=APP, at=at)


_ACTS: Final[Mapping[str, Callable[[str, Mapping[str, str], datetime], None]]] = {
    "urge": _urge,
    "add_note": _add,
    "withdraw": _withdraw,
    "rate": _rate,
    "dispute": _dispute,
}
_DONE: Final[Mapping[str, str]] = {
    "urge": marked("已催办，办理单位会收到提醒。"),
    "add_note": marked("已补充，办理单位看得到。"),
    "withdraw": marked("已撤回。"),
    "rate": marked("谢谢您的评价。"),
    "dispute": marked("已收到。第一次提出会直接重新办理，之后由值班长答复。"),
}
_RATINGS: Final = (
    ("5", marked("很满意")),
    ("4", marked("满意")),
    ("3", marked("一般")),
    ("2", marked("不满意")),
    ("1", marked("很不满意")),
)
