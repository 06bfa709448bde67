"""How the editor is answered: the plan as it stands now, or why not, as JSON."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
from django.core.exceptions import RequestDataTooBig
from django.forms import BaseForm
from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext

from liandong.areas.queries import RedrawingView, redrawing_view
from liandong.areas.views.picture import picture_of
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import NotFound
from liandong.people.desk import DeskRequest, district_of
from liandong.web.middleware import problem
from liandong.web.refusals import explain


class StepUnreadable(Refusal):
    """What was posted is no step at all."""

    status = 400
    says = marked("提交的步骤无法读取。")
    remedy = marked("请刷新页面后重新操作；方案里已有的步骤都在。")


class OutlineTooLarge(Refusal):
    """More corners were posted than one step may hold."""

    status = 413
    says = marked("图形数据过大，无法作为一个步骤提交。")
    remedy = marked("请先简化边界（一个区域几千个顶点足够），或用“导入”分几个文件提交。")


class FormUnreadable(Refusal):
    """A form of the editor has an empty or a wrong field."""

    status = 422
    says = marked("%(errors)s")
    remedy = marked("请补全后再提交；画好的图形还在地图上。")


def plan_for(request: DeskRequest, redrawing: int) -> RedrawingView:
    """A plan of the district whose map this person's pages show.

    :raises NotFound: there is none, or not for this person
    """
    view = redrawing_view(redrawing, actor=request.actor)
    if view.facts.district != district_of(request.actor):
        raise NotFound(what=marked("这个区划调整方案"))
    return view


def answer(request: DeskRequest, view: RedrawingView, *, said: str = "") -> HttpResponse:
    """The plan as the editor reads it."""
    response = JsonResponse(picture_of(view, request, said=said))
    response["Cache-Control"] = "no-store"
    return response


def refused(refusal: Refusal, *, says: str, **extra: Any) -> HttpResponse:
    """A refusal with more to show than a sentence: lines to read, shapes to draw."""
    told = explain(refusal)
    return problem(replace(told, says=says, extra={**told.extra, **extra}))


def posted(request: DeskRequest) -> dict[str, Any]:
    """The JSON object of a request.

    :raises OutlineTooLarge: it is longer than a request may be
    :raises StepUnreadable: it is none
    """
    try:
        content = orjson.loads(request.body)
    except RequestDataTooBig as error:
        raise OutlineTooLarge from error
    except orjson.JSONDecodeError as error:
        raise StepUnreadable from error
    if not isinstance(content, dict):
        raise StepUnreadable
    return content


def cleaned(form: BaseForm) -> dict[str, Any]:
    """What a form holds.

    :raises FormUnreadable: a field is empty or wrong; the first one is named
    """
    if form.is_valid():
        return form.cleaned_data
    name, errors = next(iter(form.errors.items()))
    label = form.fields[name].label if name in form.fields else ""
    raise FormUnreadable(errors=gettext("：").join([str(label), str(errors[0])]) if label else str(errors[0]))
