"""The list as a file: the cases the list page would show, page after page, in a CSV that spreadsheets open safely."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.db.models import QuerySet
from django.http import QueryDict, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from liandong.cases.operations import record_export
from liandong.cases.queries import permitted_cases
from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.words import URGENCY_WORDS, Urgency
from liandong.people.access import Actor, still_holds
from liandong.people.desk import DeskRequest, desk
from liandong.web.templatetags.ui import stage_word
from liandong.workbench.rows import Row, row_of
from liandong.workbench.views.lists import Position, asked_for, newest_first

if TYPE_CHECKING:
    from liandong.cases.models import Case

AT_ONCE = 500
"""Cases held in memory at a time, however long the file."""
BYTE_ORDER_MARK = "\ufeff"
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NOT_ASKED: Final = ("after", "part")


@desk("cases.view")
@require_GET
def cases(request: DeskRequest) -> StreamingHttpResponse:
    """The cases of the list's filter, all of them and none but those the list shows, newest first, as CSV."""
    at = timezone.now()
    found = asked_for(request, at=at).apply(permitted_cases(request.actor)).defer("terms")
    language = translation.get_language() or ""
    lines = _file(found, request.actor, asked=_asked(request.GET), language=language, at=at)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    stamp = timezone.localtime(at).strftime("%Y%m%d-%H%M%S")
    response["Content-Disposition"] = f'attachment; filename="cases-{stamp}.csv"'
    response["Cache-Control"] = "no-store"
    return response


def safe_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula, whatever a reporter wrote."""
    return f"'{text}" if text.startswith(_FORMULAS) or text.lstrip().startswith(_FORMULAS) else text


def _file(
    found: QuerySet[Case], actor: Actor, *, asked: dict[str, str], language: str, at: datetime
) -> Iterator[bytes]:
    """Head, then one chunk for each few hundred cases. What has gone out is on the record even if the reader leaves."""
    count, is_whole, position = 0, False, None
    try:
        yield (BYTE_ORDER_MARK + _lines([_head(language)])).encode()
        while not is_whole and still_holds(actor, at=timezone.now()):
            few = list(newest_first(found, after=position)[:AT_ONCE])
            is_whole = len(few) < AT_ONCE
            if few:
                position = Position(few[-1].reported_at, few[-1].pk)
                chunk = _lines(_rows(few, language=language, at=at)).encode()
                count += len(few)
                yield chunk
        if not is_whole:
            yield _lines([_cut_short(language)]).encode()
    finally:
        record_export(asked, count=count, is_whole=is_whole, actor=actor, at=at)


def _head(language: str) -> list[str]:
    with translation.override(language):
        return [
            _("案件编号"),
            _("状态"),
            _("紧急程度"),
            _("类别"),
            _("问题描述"),
            _("地点"),
            _("责任单位"),
            _("时限"),
            _("上报时间"),
        ]


def _cut_short(language: str) -> list[str]:
    with translation.override(language):
        return [_("文件不完整：您的权限在导出时到期或被收回。")]


def _rows(few: Sequence[Case], *, language: str, at: datetime) -> Iterator[list[str]]:
    # The file is made in a thread of its own, which knows nothing of the reader's language.
    with translation.override(language):
        for case in few:
            yield _cells(row_of(case, rulebook_for(case.district), at=at))


def _cells(row: Row) -> list[str]:
    cells = [
        row.number,
        stage_word(row.stage).label,
        _(URGENCY_WORDS[Urgency(row.urgency)]),
        row.kind,
        row.description,
        row.where,
        row.unit,
        _instant(row.due_at),
        _instant(row.reported_at),
    ]
    return [safe_cell(str(cell)) for cell in cells]


def _instant(at: datetime | None) -> str:
    return timezone.localtime(at, timezone.get_default_timezone()).strftime("%Y-%m-%d %H:%M:%S") if at else ""


def _lines(rows: Iterator[list[str]] | Sequence[list[str]]) -> str:
    content = io.StringIO()
    csv.writer(content).writerows(rows)
    return content.getvalue()


def _asked(query: QueryDict) -> dict[str, str]:
    """What the address asks for, as it is kept on the record."""
    return {name: "、".join(values)[:100] for name, values in query.lists() if name not in _NOT_ASKED and any(values)}
