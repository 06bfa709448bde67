"""Questions to officials: read, ask, and look up what became of one's own."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from liandong.cases.rulebook import Rulebook, rulebook_for
from liandong.citizen.forms import fresh_form, refuse_machines
from liandong.citizen.operations import spend
from liandong.citizen.publishing.asking import district_in
from liandong.citizen.publishing.operations import ask_question
from liandong.citizen.publishing.operations.questions import LONGEST_NAME, LONGEST_QUESTION
from liandong.citizen.publishing.queries import public_question, public_questions, question_behind
from liandong.citizen.publishing.rules.words import QUESTION_WORDS, REASON_WORDS, QuestionState, Reason
from liandong.citizen.publishing.showing import town_choices
from liandong.citizen.views.answering import source_of
from liandong.kernel.refusal import Refusal
from liandong.people.access import platform
from liandong.web.names import name_of
from liandong.web.refusals import explain

ROWS: Final = 20


class QuestionForm(forms.Form):
    """A question as a citizen asks it."""

    text = forms.CharField(
        label=_("您的问题"),
        max_length=LONGEST_QUESTION,
        widget=forms.Textarea({"rows": 5}),
        help_text=_("会公开，请不要写姓名、电话、证件号和门牌；写了的号码会自动删去。个案请用“我要反映”。"),
    )
    town = forms.ChoiceField(label=_("与哪个街镇有关"), required=False)
    name = forms.CharField(label=_("称呼（可不填）"), max_length=LONGEST_NAME, required=False)
    website = forms.CharField(label=_("网址（请留空）"), required=False)

    def __init__(self, data: Any, *, towns: list[tuple[str, str]]) -> None:
        super().__init__(data)
        field = self.fields["town"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", gettext("全区")), *towns]
        for name, one in self.fields.items():
            one.widget.attrs["class"] = "ci-input"
            if name == "website":
                one.widget.attrs.update({"tabindex": "-1", "autocomplete": "off"})


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What was asked and answered, the latest first, searched by words."""
    district = district_in(request.GET)
    book = rulebook_for(district)
    text, number = request.GET.get("q", "")[:60], request.GET.get("page", "1")
    page_number = int(number) if number.isdecimal() and len(number) < 5 else 1
    first = (max(page_number, 1) - 1) * ROWS
    rows = list(public_questions(district, text=text)[first : first + ROWS + 1])
    said = {"q": text} if text else {}
    if request.GET.get("district"):
        said["district"] = district
    further = {**said, "page": str(page_number + 1)} if len(rows) > ROWS else {}
    context = {
        "rows": [_told(row, book) for row in rows[:ROWS]],
        "q": text,
        "said": said,
        "query": urlencode({name: value for name, value in said.items() if name == "district"}),
        "further": urlencode(further),
        "zone": book.map.calendar.zone,
    }
    return render(request, "publishing/questions.html", context)


@require_safe
def question(request: HttpRequest, pk: int) -> HttpResponse:
    """One question with its answer."""
    district = district_in(request.GET)
    book = rulebook_for(district)
    context = {"row": _told(public_question(district, pk), book), "zone": book.map.calendar.zone}
    return render(request, "publishing/question.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The form of a question; what is sent waits until somebody has looked at it."""
    at = timezone.now()
    district = district_in(request.GET)
    book = rulebook_for(district)
    form = QuestionForm(request.POST or None, towns=town_choices(book, at=at))
    status, why = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                spend("question_address", of=source_of(request), at=at)
                refuse_machines(request.POST, at=at)
                given = {name: form.cleaned_data[name] for name in ("text", "name", "town")}
                _row, secret = ask_question(district, **given, actor=platform("portal"), at=at)
                return HttpResponseRedirect(reverse("portal:asked", args=[secret]))
            except Refusal as refusal:
                told = explain(refusal)
                status, why = told.status, f"{told.says}{told.remedy}"
    return render(
        request, "publishing/ask.html", {"form": form, "why": why, "stamp": _stamp(request, at)}, status=status
    )


def _stamp(request: HttpRequest, at: datetime) -> str:
    """When the form was first shown: whoever sends it again has had time to write."""
    return request.POST.get("stamp", "") or fresh_form(at=at)["stamp"]


@require_safe
def asked(request: HttpRequest, secret: str) -> HttpResponse:
    """What became of one's own question: waiting, public with its answer, or why it is not shown."""
    row = question_behind(secret)
    book = rulebook_for(row.district)
    context = {
        "row": _told(row, book),
        "state": row.state,
        "state_word": gettext(QUESTION_WORDS[QuestionState(row.state)]),
        "reason": gettext(REASON_WORDS[Reason(row.reason)]) if row.reason else "",
        "note": row.note,
        "address": request.build_absolute_uri(request.path),
        "zone": book.map.calendar.zone,
    }
    response = render(request, "publishing/asked.html", context)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _told(row: Any, book: Rulebook) -> dict[str, Any]:
    unit = book.units.get(row.answered_by_unit)
    area = book.map.areas.get(row.area)
    return {
        "pk": row.pk,
        "name": row.name or gettext("市民"),
        "asked": row.asked,
        "answer": row.answer if row.answered_at else "",
        "unit": name_of(unit) if unit else "",
        "area": name_of(area) if area else "",
        "asked_at": row.asked_at,
        "answered_at": row.answered_at,
    }
