"""What the timeline of a case says of its being hidden from the public, shown again, and of photos looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext as _

from liandong.cases.rulebook import Rulebook
from liandong.kernel.refusal import marked
from liandong.workbench.telling import Data, Part, Teller

_REASONS: Final[Mapping[str, str]] = {
    "personal": marked("含个人信息"),
    "abusive": marked("侮辱、诽谤或不当言辞"),
    "unfounded": marked("内容失实或无法核实"),
    "off_topic": marked("与公共事务无关或重复"),
    "under_inquiry": marked("正在调查，暂不公开"),
    "other": marked("其他（须写明）"),
}


def _hidden(data: Data, _book: Rulebook) -> Part:
    reason = _(_REASONS.get(data["reason"], data["reason"]))
    facts = [(_("理由"), reason)]
    return Part(label=_("设为不公开"), icon="eye-slash", tone="amber", text=data.get("note", ""), facts=facts)


def _shown(data: Data, _book: Rulebook) -> Part:
    return Part(label=_("恢复公开"), icon="eye", tone="blue", text=data.get("why", ""))


def _released(_data: Data, _book: Rulebook) -> Part:
    return Part(label=_("审过照片，公开"), icon="eye", tone="blue")


def _withheld(data: Data, _book: Rulebook) -> Part:
    reason = _(_REASONS.get(data["reason"], data["reason"]))
    facts = [(_("理由"), reason)]
    return Part(label=_("审过照片，不公开"), icon="eye-slash", tone="amber", text=data.get("note", ""), facts=facts)


PUBLICITY: Final[Mapping[str, Teller]] = {
    "CaseHidden": _hidden,
    "CaseShown": _shown,
    "PhotoReleased": _released,
    "PhotoWithheld": _withheld,
}
