"""Forms of the steps between the levels, about time, for several cases, and of a reporter's own acts."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from liandong.cases.changes import PartOfCase
from liandong.kernel.working_time import TimeUnit
from liandong.workbench.forms import StepForm, Words, pick, words, yes_no

PARTS_OFFERED: Final = 4
"""Parts a case can be split into at once at a desk."""
_YES: Final = {"yes": True, "no": False}
TIME_UNITS: Final = {
    TimeUnit.EMERGENCY_HOUR: _("紧急工作时"),
    TimeUnit.WORKING_HOUR: _("工作时"),
    TimeUnit.WORKING_DAY: _("工作日"),
    TimeUnit.NATURAL_HOUR: _("小时"),
    TimeUnit.NATURAL_DAY: _("天"),
}


class NoteForm(StepForm):
    """A few words, where one likes."""

    note = words(_("说明"), required=False, rows=2)


class ReasonForm(StepForm):
    """A reason, and nothing else."""

    reason = words(_("理由"), rows=2)


def reason_form(label: Words, *, hint: Words = "") -> type[ReasonForm]:
    """A form that asks for a reason under its own name."""

    class Asking(ReasonForm):
        reason = words(label, rows=2, hint=hint)

    return Asking


class VerifyReportForm(StepForm):
    is_true = yes_no(_("报告是否属实"))
    note = words(_("核实情况"), required=False, rows=2)

    def details(self) -> dict[str, Any]:
        """Yes and no become true and false."""
        found = super().details()
        return {**found, "is_true": _YES[found["is_true"]]}


class PhoneForm(StepForm):
    to = pick(_("承办单位"), "units", placeholder=_("留空则派给建议单位"))
    acknowledged_by = forms.CharField(
        label=_("对方接令人"), max_length=80, help_text=_("记下岗位或工号；任何时间都要有人接令。")
    )
    note = words(_("口头命令"), required=False, rows=2)


class HandDownForm(StepForm):
    to = pick(_("下派给"), "units", placeholder=_("下属单位名称或代码"), required=True)
    note = words(_("下派说明"), required=False, rows=2)


class TransferForm(StepForm):
    to = pick(_("转派给"), "units", placeholder=_("留空则只增加协办单位"))
    helper = pick(_("增加协办单位"), "units", placeholder=_("单位名称或代码"))
    reason = words(_("转派理由"), rows=2)

    def details(self) -> dict[str, Any]:
        """One more helper is a list of one."""
        found = super().details()
        helper = found.pop("helper")
        return {**found, "assisting": (helper,) if helper else ()}


class ChangeClassForm(StepForm):
    class_code = pick(_("改为类别"), "classes", required=True)
    reason = words(_("改类理由"), rows=2, hint=_("时限按新类别计算，已用的时间照算。"))


class ArbitrateForm(StepForm):
    to = pick(_("裁定由谁处置"), "units", placeholder=_("单位名称或代码"), required=True)
    on_site = forms.BooleanField(label=_("已到现场勘查"), required=False)
    reason = words(_("裁定理由"), rows=2, hint=_("裁定后不能再退单。"))


class ExcuseForm(StepForm):
    unit = forms.ChoiceField(label=_("不再等待的协办单位"), choices=())
    reason = words(_("理由"), rows=2, hint=_("超时仍计在该协办单位名下。"))

    def offer(self, units: list[tuple[str, str]]) -> None:
        """Offer the units that assist."""
        field = self.fields["unit"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = units


class AdviseForm(StepForm):
    reason = words(_("劝阻内容"), rows=2)
    outcome = words(_("结果"), required=False, rows=2)


class FollowUpForm(StepForm):
    reason = words(_("回访所见"), rows=2)
    is_relapse = forms.BooleanField(label=_("问题已反复，重开案件"), required=False)


class ExtensionForm(StepForm):
    amount = forms.DecimalField(label=_("延长多少"), min_value=0, decimal_places=2, max_digits=8)
    reason = words(_("延期理由"), rows=2, hint=_("每次不超过原时限，最多两次；报告人会得到告知。"))

    def offer(self, limit: str) -> None:
        """Say in which unit of time, and how much at most."""
        self.fields["amount"].help_text = _("与原时限同单位，最多 %(limit)s。") % {"limit": limit}

    def details(self) -> dict[str, Any]:
        """The amount travels as text."""
        found = super().details()
        return {**found, "amount": str(found["amount"])}


class SuspendForm(StepForm):
    awaited = forms.CharField(label=_("等待的条件"), max_length=200)
    wake_on = forms.DateField(label=_("最迟恢复日期"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = words(_("挂账理由"), rows=2)


class SuperviseForm(StepForm):
    level = forms.TypedChoiceField(
        label=_("督办级别"),
        coerce=int,
        choices=[(1, _("一级：责任单位值班人员")), (2, _("二级：单位负责人")), (3, _("三级：区领导"))],
    )
    reason = words(_("督办要求"), rows=2)
    amount = forms.DecimalField(label=_("回复时限"), min_value=0, initial=1, decimal_places=2, max_digits=8)
    time_unit = forms.ChoiceField(
        label=_("时间单位"), choices=[(unit.value, word) for unit, word in TIME_UNITS.items()], initial="working_day"
    )

    def details(self) -> dict[str, Any]:
        """The amount travels as text."""
        found = super().details()
        return {**found, "amount": str(found["amount"])}


class RateForm(StepForm):
    rating = forms.TypedChoiceField(label=_("评价"), coerce=int, choices=[(n, str(n)) for n in (5, 4, 3, 2, 1)])
    note = words(_("评价的话"), required=False, rows=2)


class MergeForm(StepForm):
    into = forms.CharField(label=_("主案编号"), max_length=32)
    reason = words(_("并案理由"), rows=2, hint=_("报告人和时限都会保留，可以撤销。"))


class SplitForm(StepForm):
    """Up to four parts at once: a class and what is to be done; empty ones are left out."""

    reason = words(_("拆分理由"), rows=2, hint=_("各部分单独立案、派遣；原案等它们办结。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place in range(1, PARTS_OFFERED + 1):
            numbered = {"number": place}
            self.fields[f"class_{place}"] = pick(
                _("第 %(number)s 部分的类别") % numbered, "classes", required=place == 1
            )
            self.fields[f"text_{place}"] = words(_("第 %(number)s 部分的内容") % numbered, required=place == 1, rows=2)

    def clean(self) -> dict[str, Any]:
        """A part has both its class and its text."""
        found = super().clean() or {}
        for place in range(1, PARTS_OFFERED + 1):
            given = [bool(found.get(f"{name}_{place}")) for name in ("class", "text")]
            if any(given) and not all(given):
                self.add_error(f"text_{place}", _("每个部分都要有类别和内容。"))
        return found

    def details(self) -> dict[str, Any]:
        """The parts that were filled in."""
        found = super().details()
        pairs = [(found[f"class_{place}"], found[f"text_{place}"]) for place in range(1, PARTS_OFFERED + 1)]
        return {"reason": found["reason"], "parts": [PartOfCase(code, text) for code, text in pairs if code and text]}


class PassOutForm(StepForm):
    firm = forms.CharField(label=_("外协单位"), max_length=80)
    task = words(_("交办内容"), rows=2, hint=_("链接只显示一次；责任和时限仍在本单位。"))
    hours = forms.IntegerField(label=_("链接有效小时数"), min_value=1, max_value=720, initial=72)

    def details(self) -> dict[str, Any]:
        """The hours travel as text."""
        found = super().details()
        return {**found, "hours": str(found["hours"])}
