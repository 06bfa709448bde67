"""Questions and answers: what everybody reads, what waits at a desk, what an asker may look up."""

from __future__ import annotations

import hashlib

from django.db.models import OuterRef, Q, QuerySet, Subquery

from liandong.cases.rules.redaction import storable
from liandong.citizen.publishing.models import Question, Words
from liandong.citizen.publishing.rules.words import QuestionState
from liandong.kernel.refusal import marked
from liandong.people.access import Actor, NotFound
from liandong.people.rules.scope import Reach, Thing

THE_QUESTION = marked("这个问题")
ACTS = ("publishing.moderate", "publishing.answer")


def thing_of_question(question: Question) -> Thing:
    """What permission looks at: where it was asked about, and which unit is to answer."""
    return Thing(area=question.area, units=frozenset({question.unit} if question.unit else ()))


def public_questions(district: str, *, text: str = "", answered: bool | None = None) -> QuerySet[Question]:
    """What everybody may read, the latest first, each with `asked` and `answer`."""
    found = with_words(Question.objects.filter(district=district, state=QuestionState.PUBLISHED.value))
    text = storable(text).strip()
    if text:
        found = found.filter(Q(asked__icontains=text) | Q(answer__icontains=text))
    if answered is not None:
        found = found.filter(answered_at__isnull=not answered)
    return found.order_by("-published_at", "-id")


def public_question(district: str, pk: int) -> Question:
    """A question everybody may read.

    :raises NotFound: there is none
    """
    found = public_questions(district).filter(pk=pk).first() if pk < 2**63 else None
    if found is None:
        raise NotFound(what=THE_QUESTION)
    return found


def question_behind(secret: str) -> Question:
    """The question whose asker was given this secret.

    :raises NotFound: there is none
    """
    digest = hashlib.sha256(secret.encode()).hexdigest()
    found = with_words(Question.objects.filter(secret=digest)).first()
    if found is None:
        raise NotFound(what=THE_QUESTION)
    return found


def permitted_questions(actor: Actor) -> QuerySet[Question]:
    """The questions at this actor's desk: those they moderate, and public ones their unit is to answer."""
    condition = Q(pk__in=[])
    for act in ACTS:
        for ground in actor.scope(act).grounds:
            match ground.reach:
                case Reach.EVERYWHERE:
                    condition |= Q(pk__isnull=False)
                case Reach.AREA:
                    condition |= Q(area__startswith=ground.value)
                case Reach.UNIT:
                    condition |= Q(unit=ground.value, state=QuestionState.PUBLISHED.value)
    return with_words(Question.objects.filter(condition)).order_by("-asked_at", "-id")


def question_for(actor: Actor, pk: int) -> Question:
    """A question at this actor's desk.

    :raises NotFound: there is none
    """
    found = permitted_questions(actor).filter(pk=pk).first() if pk < 2**63 else None
    if found is None:
        raise NotFound(what=THE_QUESTION)
    return found


def words_of(question: Question) -> QuerySet[Words]:
    """Everything that was ever written in a question, in the order of its writing."""
    return Words.objects.filter(question=question).order_by("made_at", "id")


def with_words(questions: QuerySet[Question]) -> QuerySet[Question]:
    """Questions with `asked` and `answer`, the last words of each."""
    return questions.annotate(asked=Subquery(_last(is_answer=False)), answer=Subquery(_last(is_answer=True)))


def _last(*, is_answer: bool) -> QuerySet[Words, str]:
    found = Words.objects.filter(question=OuterRef("pk"), is_answer=is_answer).order_by("-number")
    return found.values_list("text", flat=True)[:1]
