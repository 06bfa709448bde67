"""Forms of the desk, one per step. They read fields and decide nothing; `desks` says where each leads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from django import forms
from django.urls import reverse_lazy
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from liandong.workbench.choices import LONGEST_ANSWER

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Words: TypeAlias = "str | _StrPromise"

_YES_NO = [("yes", _("是")), ("no", _("否"))]
_YES: Final = {"yes": True, "no": False, "": None}


class PickWidget(forms.Widget):
    """A searchable choice (`<ld-pick>`): the value in a hidden field, its words in a visible one."""

    def __init__(self, source: str | Promise, *, placeholder: Words = "") -> None:
        super().__init__()
        self.source, self.placeholder = source, placeholder
        self.text = ""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Draw both fields."""
        given = {"class": "form-control", "autocomplete": "off", **(attrs or {})}
        given |= {"id": given.get("id", f"id_{name}"), "name": f"{name}_text", "value": self.text}
        shown = format_html_join("", ' {}="{}"', [*given.items(), ("placeholder", self.placeholder)])
        hidden = format_html('<input type="hidden" name="{}" value="{}">', name, value or "")
        return format_html('<ld-pick src="{}">{}<input{}></ld-pick>', self.source, hidden, shown)

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """Take the value, and keep the words for when the form comes back."""
        self.text = data.get(f"{name}_text", "")
        return data.get(name)


def pick(label: Words, source: str, *, placeholder: Words = "", required: bool = False) -> forms.CharField:
    """A field that searches `source`, one of the option addresses."""
    widget = PickWidget(reverse_lazy(f"workbench:options_{source}"), placeholder=placeholder)
    return forms.CharField(label=label, required=required, max_length=60, widget=widget)


def words(label: Words, *, required: bool = True, rows: int = 3, hint: Words = "") -> forms.CharField:
    """A few lines of text."""
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=required, max_length=LONGEST_ANSWER, widget=area, help_text=hint)


def yes_no(label: Words, *, required: bool = True) -> forms.ChoiceField:
    """Two buttons: yes and no."""
    return forms.ChoiceField(label=label, required=required, choices=_YES_NO, widget=forms.RadioSelect)


class StepForm(forms.Form):
    """What a step asks; a step that asks nothing is this form as it is. The version travels beside it."""

    def details(self) -> dict[str, Any]:
        """The arguments of the operation."""
        return dict(self.cleaned_data)


class AcceptForm(StepForm):
    class_code = pick(_("改为类别"), "classes", placeholder=_("不改则留空"))


class RefuseForm(StepForm):
    reason = words(_("不予受理的理由"), hint=_("报告人会看到这段文字。"))


class AnswerForm(StepForm):
    answer = words(_("答复内容"), hint=_("报告人会看到这段文字。"))


class FileForm(StepForm):
    class_code = pick(_("改为类别"), "classes", placeholder=_("不改则留空"))
    condition = forms.ChoiceField(label=_("立案条件"), required=False)

    def offer(self, conditions: list[tuple[str, str]]) -> None:
        """Offer the conditions of the case's class; a changed class takes its own first one."""
        field = self.fields["condition"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = conditions

    def details(self) -> dict[str, Any]:
        """A condition belongs to the class it was chosen for: another class takes its own first one."""
        found = super().details()
        return {**found, "condition": ""} if found["class_code"] else found


class DeclineForm(StepForm):
    reason = words(_("不予立案的理由"), hint=_("报告人会看到这段文字。"))


class DispatchForm(StepForm):
    to = pick(_("改派其他单位"), "units", placeholder=_("留空则派给建议单位"))
    helpers = forms.MultipleChoiceField(label=_("协办单位"), required=False, widget=forms.CheckboxSelectMultiple)
    helper = pick(_("再加一个协办单位"), "units", placeholder=_("单位名称或代码"))
    note = words(_("派遣说明"), required=False, rows=2)

    def offer(self, helpers: list[tuple[str, str]]) -> None:
        """Offer the helpers the responsibility matrix names."""
        field = self.fields["helpers"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = helpers
        if not helpers:
            del self.fields["helpers"]

    def ask_for_unit(self) -> None:
        """Ask which unit, where none is suggested."""
        field = self.fields["to"]
        field.label, field.required = _("承办单位"), True
        assert isinstance(field.widget, PickWidget)
        field.widget.placeholder = _("单位名称或代码")

    def details(self) -> dict[str, Any]:
        """Both ways of naming helpers are one list."""
        found = super().details()
        named = [*found.pop("helpers", ()), found.pop("helper")]
        return {**found, "assisting": tuple(code for code in named if code)}


class ReturnForm(StepForm):
    reason = words(_("退单理由"))
    proposed_unit = pick(_("应由哪个单位处置"), "units", placeholder=_("单位名称或代码"))


class ContactForm(StepForm):
    reached = yes_no(_("是否联系上报告人"))
    outcome = words(_("联系情况"), required=False, rows=2)

    def details(self) -> dict[str, Any]:
        """Yes and no become true and false."""
        found = super().details()
        return {**found, "reached": _YES[found["reached"]]}


class HandlingForm(StepForm):
    """A step that enforcement must answer for: in a joint team the colleague who enforces may be named."""

    enforcer = forms.ChoiceField(
        label=_("执法人员（执法主体）"), required=False, help_text=_("执法主体不变、执法程序不变，由其原单位负责。")
    )

    def offer(self, enforcers: list[tuple[str, str]]) -> None:
        """Offer those of the team who may enforce; with none to choose from, nothing is asked."""
        field = self.fields["enforcer"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("本人")), *enforcers]
        if not enforcers:
            del self.fields["enforcer"]


class HandInForm(HandlingForm):
    result = words(_("处置结果（内部）"))
    answer = words(_("给报告人的答复"), required=False, rows=2)
    field_order = ("result", "answer", "enforcer")


class WarnForm(StepForm):
    matter = forms.CharField(label=_("地点或事由"), max_length=200, help_text=_("只记地点和事情，不写被谈话人的姓名。"))
    reason = words(_("谈话内容"), rows=2)
    outcome = words(_("谈话结果"), required=False, rows=2)


class RaiseForceForm(HandlingForm):
    to = forms.ChoiceField(label=_("升级为"), widget=forms.RadioSelect)
    reason = words(_("先前方式为何不足以解决"), rows=2)
    field_order = ("to", "reason", "enforcer")


class AskForForceForm(StepForm):
    to = forms.ChoiceField(label=_("需要的力量"), widget=forms.RadioSelect)
    reason = words(_("先前方式为何不足以解决"), rows=2)


def offer_forces(form: RaiseForceForm | AskForForceForm, forces: list[tuple[str, str]]) -> None:
    """Offer the ways of handling that may be chosen, the mildest first and chosen."""
    field = form.fields["to"]
    assert isinstance(field, forms.ChoiceField)
    field.choices = forces
    field.initial = forces[0][0] if forces else None


class CheckForm(StepForm):
    ok = yes_no(_("现场核查是否合格"))
    note = words(_("核查情况"), required=False, rows=2)

    def details(self) -> dict[str, Any]:
        """Yes and no become true and false."""
        found = super().details()
        return {**found, "ok": _YES[found["ok"]]}


class CallBackForm(StepForm):
    reached = yes_no(_("是否接通"))
    solved = yes_no(_("报告人认为是否解决"), required=False)
    satisfaction = forms.TypedChoiceField(
        label=_("满意度"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("未评价")), *((n, str(n)) for n in (5, 4, 3, 2, 1))],
        help_text=_("1 很不满意，5 很满意。"),
    )
    words = words(_("报告人的话"), required=False, rows=2)

    def details(self) -> dict[str, Any]:
        """Who was not reached said nothing."""
        found = super().details()
        reached = _YES[found["reached"]]
        solved = _YES[found["solved"]] if reached else None
        return {**found, "reached": reached, "solved": solved}

    def clean(self) -> dict[str, Any]:
        """A reporter who was reached was asked."""
        found = super().clean() or {}
        if found.get("reached") == "yes" and not found.get("solved"):
            self.add_error("solved", _("接通后请选择是否解决。"))
        return found


class BackForm(StepForm):
    """A case goes back; where the unit that had it has closed, a supervisor says to whom."""

    to = pick(_("接办单位"), "units", placeholder=_("单位名称或代码"))

    def offer(self, *, is_gone: bool) -> None:
        """Ask for another unit only where the one that had the case is gone."""
        field = self.fields["to"]
        field.help_text = _("原单位已不在运行：有承接单位的自动发给它；没有的，由值班长或街镇分中心在此指定。")
        if not is_gone:
            del self.fields["to"]


class SendBackForm(BackForm):
    reason = words(_("返工理由"))


class CloseForm(StepForm):
    closing = forms.ChoiceField(
        label=_("结案方式"),
        required=False,
        choices=[("", _("按时限判定")), ("special", _("特殊结案")), ("error", _("差错结案"))],
    )
    reason = words(_("说明"), required=False, rows=2, hint=_("特殊结案、差错结案必须说明理由。"))


class ReopenForm(BackForm):
    reason = words(_("重开理由"))


class SolveForm(StepForm):
    result = words(_("处置结果"), hint=_("须先上传处置前、处置后照片各一张。"))


class PlaceForm(StepForm):
    """Where the problem is; the map fills both coordinates."""

    lon = forms.FloatField(label=_("经度"), widget=forms.NumberInput(attrs={"step": "any"}))
    lat = forms.FloatField(label=_("纬度"), widget=forms.NumberInput(attrs={"step": "any"}))
    address = forms.CharField(label=_("地址"), required=False, max_length=200)


class RevealForm(forms.Form):
    purpose = forms.CharField(label=_("查看用途"), max_length=200)
