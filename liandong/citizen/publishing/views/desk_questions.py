"""Questions at the desk: looked at, made public, given to a unit, answered, hidden."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from liandong.cases.rulebook import Rulebook, rulebook_for
from liandong.citizen.publishing import operations
from liandong.citizen.publishing.forms import AnswerForm, PublishForm, ReasonForm, UnitForm
from liandong.citizen.publishing.models import Question
from liandong.citizen.publishing.queries import permitted_questions, question_for, thing_of_question, words_of
from liandong.citizen.publishing.rules.words import QUESTION_WORDS, REASON_WORDS, QuestionState, Reason
from liandong.citizen.publishing.views.desk import ANSWER, MODERATE, done, page
from liandong.kernel.refusal import marked
from liandong.people.desk import DeskRequest, desk
from liandong.people.queries import staff_by_key
from liandong.web.names import name_of

MOST: Final = 100
STATES: Final = (
    ("waiting", marked("待审核")),
    ("to_answer", marked("待答复")),
    ("answered", marked("已答复")),
    ("hidden", marked("未公开")),
)
_TONES: Final = {"waiting": "amber", "published": "green", "hidden": "grey"}
_ANSWERING: Final = ("centre", "department", "town", "bureau", "station", "office")


@desk(MODERATE, ANSWER)
@require_safe
def questions(request: DeskRequest) -> HttpResponse:
    """The questions at this desk, those that wait for something first."""
    found = permitted_questions(request.actor)
    moderates = request.actor.may(MODERATE)
    state = request.GET.get("state", "")
    state = state if state in dict(STATES) else ("waiting" if moderates else "to_answer")
    narrowed = {
        "waiting": found.filter(state=QuestionState.WAITING.value),
        "to_answer": found.filter(state=QuestionState.PUBLISHED.value, answered_at__isnull=True),
        "answered": found.filter(state=QuestionState.PUBLISHED.value, answered_at__isnull=False),
        "hidden": found.filter(state=QuestionState.HIDDEN.value),
    }
    offered = [code for code, _word in STATES if moderates or code in ("to_answer", "answered")]
    context = {
        "rows": [_row(row) for row in narrowed[state][:MOST]],
        "states": [
            {"url": f"?state={code}", "label": gettext(word), "active": code == state, "count": narrowed[code].count()}
            for code, word in STATES
            if code in offered
        ],
    }
    return page(request, "questions", context, tab="questions")


@desk(MODERATE, ANSWER)
@require_safe
def question(request: DeskRequest, pk: int) -> HttpResponse:
    """One question with all that was ever written in it, and what may be done."""
    row: Any = question_for(request.actor, pk)
    book = rulebook_for(row.district)
    thing = thing_of_question(row)
    moderates, answers = request.actor.may(MODERATE, thing), request.actor.may(ANSWER, thing)
    units = _units(book, at=timezone.now())
    public = row.state == QuestionState.PUBLISHED
    context = {
        "row": _row(row),
        "unit": _unit(row.unit, book),
        "reason": gettext(REASON_WORDS[Reason(row.reason)]) if row.reason else "",
        "note": row.note,
        "words": _words(row, book),
        "publish_form": PublishForm(units=units, initial={"text": row.asked, "unit": row.unit})
        if moderates and not public
        else None,
        "unit_form": UnitForm(units=units, initial={"unit": row.unit}) if moderates and public else None,
        "hide_form": ReasonForm() if moderates and row.state != QuestionState.HIDDEN else None,
        "answer_form": AnswerForm() if answers and public and row.unit else None,
    }
    return page(request, "question", context, tab="questions")


@desk(MODERATE)
@require_POST
def publish(request: DeskRequest, pk: int) -> HttpResponse:
    """Let everybody read a question."""
    text, unit = request.POST.get("text", ""), request.POST.get("unit", "")

    def act() -> object:
        return operations.publish_question(pk, text=text, unit=unit, actor=request.actor, at=timezone.now())

    return done(request, act, gettext("问题已公开。"), _to(pk))


@desk(MODERATE)
@require_POST
def assign(request: DeskRequest, pk: int) -> HttpResponse:
    """Say which unit is to answer."""
    unit = request.POST.get("unit", "")

    def act() -> object:
        return operations.assign_question(pk, unit=unit, actor=request.actor, at=timezone.now())

    return done(request, act, gettext("已交由该单位答复。"), _to(pk))


@desk(ANSWER)
@require_POST
def answer(request: DeskRequest, pk: int) -> HttpResponse:
    """Answer in the name of one's unit."""
    text = request.POST.get("answer", "")

    def act() -> object:
        return operations.answer_question(pk, text=text, actor=request.actor, at=timezone.now())

    return done(request, act, gettext("答复已公开。"), _to(pk))


@desk(MODERATE)
@require_POST
def hide(request: DeskRequest, pk: int) -> HttpResponse:
    """Show a question to nobody, or to nobody any more."""
    given = {name: request.POST.get(name, "") for name in ("reason", "note")}

    def act() -> object:
        return operations.hide_question(pk, **given, actor=request.actor, at=timezone.now())

    return done(request, act, gettext("问题不公开；原文保留。"), _to(pk))


def _row(row: Any) -> dict[str, Any]:
    return {
        "pk": row.pk,
        "asked": row.asked,
        "name": row.name or gettext("市民"),
        "asked_at": row.asked_at,
        "answered_at": row.answered_at,
        "state": row.state,
        "word": gettext(QUESTION_WORDS[QuestionState(row.state)]),
        "tone": _TONES[row.state],
    }


def _words(row: Question, book: Rulebook) -> list[dict[str, Any]]:
    """Everything written, the latest first; who asked is not named."""
    known = list(words_of(row))
    people = staff_by_key({one.made_by for one in known if one.made_by})
    return [
        {
            "is_answer": one.is_answer,
            "number": one.number,
            "text": one.text,
            "who": people.get(one.made_by, (one.made_by, ""))[0] if one.made_by else gettext("提问人"),
            "unit": _unit(one.unit, book),
            "at": one.made_at,
        }
        for one in reversed(known)
    ]


def _units(book: Rulebook, *, at: Any) -> list[tuple[str, str]]:
    day = book.day_of(at)
    answering = (unit for unit in book.units.values() if unit.kind in _ANSWERING)
    return [(unit.code, name_of(unit)) for unit in answering if unit.holds_on(day)]


def _unit(code: str, book: Rulebook) -> str:
    unit = book.units.get(code)
    return name_of(unit) if unit else ""


def _to(pk: int) -> str:
    return reverse("publishing:question", args=[pk])
