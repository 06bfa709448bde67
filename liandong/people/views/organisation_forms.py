"""Forms of the organisation: units, posts, lending, leaving, uploads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from django import forms
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from liandong.people.access import role_word, roles
from liandong.people.models import Force, Rank, UnitKind
from liandong.people.rules.granting import UNGRANTABLE
from liandong.people.rules.posts import LONGEST_TITLE
from liandong.people.rules.unit_tree import LONGEST_ENGLISH_NAME, LONGEST_NAME, LONGEST_PHONE

USUAL_ROLES: Final[Mapping[str, str]] = {
    "centre": "operator",
    "department": "department",
    "town": "town",
    "bureau": "bureau",
    "office": "bureau",
    "station": "station",
    "team": "patrol",
    "joint": "patrol",
    "mediation": "mediator",
    "grid": "grid",
}
"""Kind of unit → the role most of its posts have, offered first."""


class PickForm(forms.Form):
    """A form some of whose fields are searchable choices: `picks` says which question each asks."""

    picks: ClassVar[Mapping[str, str]] = {}

    def __init__(self, *args: Any, texts: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, question in self.picks.items():
            shown = (texts or {}).get(name, "")
            if self.is_bound:
                shown = str(self.data.get(f"{self.add_prefix(name)}_text", ""))[:80]
            self.fields[name].widget.attrs |= {"pick": reverse("organisation_options", args=[question]), "text": shown}


def _day(label: Any, *, required: bool = True, hint: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, help_text=hint)


def _text(label: Any, longest: int, *, required: bool = False, hint: Any = "") -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=label, max_length=longest, required=required, help_text=hint, widget=widget)


class ChangeUnitForm(PickForm):
    """Facts of a unit that may change."""

    name = _text(_("单位名称"), LONGEST_NAME, required=True)
    name_en = _text(_("英文名称"), LONGEST_ENGLISH_NAME)
    phone = _text(_("电话"), LONGEST_PHONE)
    force = forms.ChoiceField(label=_("力量性质"), choices=Force.choices)
    parent = forms.CharField(label=_("上级单位"), required=False)
    area = forms.CharField(label=_("区域"))
    picks = {"parent": "units", "area": "areas"}


class OpenUnitForm(ChangeUnitForm):
    """A new unit."""

    code = _text(_("单位代码"), 32, required=True, hint=_("大写字母、数字、点和横线，如 B101；不能再改。"))
    kind = forms.ChoiceField(label=_("单位类别"), choices=UnitKind.choices)
    since = _day(_("设立日期"), required=False, hint=_("不填为今天。"))
    field_order = ("kind", "code", "name", "name_en", "parent", "area", "force", "phone", "since")

    def offer_kinds(self, kinds: Sequence[str]) -> None:
        """Offer only these kinds, as many as may stand below the parent; none of them means all."""
        choices = [(kind, word) for kind, word in UnitKind.choices if kind in kinds]
        self.fields["kind"].choices = choices or UnitKind.choices  # type: ignore[attr-defined]


class CloseUnitForm(PickForm):
    """The last day of a unit, and who goes on with its open work."""

    on = _day(_("最后一天"))
    successor = forms.CharField(
        label=_("承接单位"), required=False, help_text=_("有在办事项时必填；本单位的岗位随之终止。")
    )
    picks = {"successor": "units"}


class ChangePostForm(PickForm):
    """Facts of a post that may change."""

    title = _text(_("职务"), LONGEST_TITLE)
    rank = forms.ChoiceField(label=_("级别"), choices=Rank.choices, initial=Rank.MEMBER)
    force = forms.ChoiceField(label=_("力量性质"), required=False, choices=[("", _("与单位相同")), *Force.choices])
    area = forms.CharField(label=_("区域"), required=False, help_text=_("不填为单位的辖区。"))
    picks = {"area": "areas"}


class AppointForm(ChangePostForm):
    """A post for somebody: one of the known accounts, or a new one."""

    account = forms.CharField(label=_("现有人员"), required=False, help_text=_("按姓名或账号查找；新人请填下面两项。"))
    new_account = _text(_("新账号"), 60, hint=_("小写字母、数字和 . _ -"))
    person = _text(_("新人姓名"), 60)
    role = forms.ChoiceField(label=_("角色"))
    since = _day(_("起始日期"), required=False, hint=_("不填为今天。"))
    until = _day(_("终止日期"), required=False, hint=_("不填为长期。"))
    picks = {"account": "people", "area": "areas"}
    field_order = ("account", "new_account", "person", "role", "title", "rank", "force", "area", "since", "until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(role, gettext(role_word(role))) for role in roles() if role not in UNGRANTABLE]
        self.fields["role"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Somebody known or somebody new, not both and not nobody."""
        found = super().clean() or {}
        if bool(found.get("account")) == bool(found.get("new_account")):
            self.add_error("account", _("请选择现有人员，或填写新账号，二者取一。"))
        return found


class EndForm(forms.Form):
    """The last day of a post or a lending."""

    on = _day(_("最后一天"), hint=_("填昨天即刻终止。"))


class LendForm(PickForm):
    """A post for a joint team; on the page of the post the team is asked for, on that of the team the post."""

    team = forms.CharField(label=_("联合执勤队"))
    since = _day(_("起始日期"))
    until = _day(_("终止日期"), required=False, hint=_("不填为召回之日。"))
    picks = {"team": "teams"}


class BorrowForm(PickForm):
    """A post lent to the joint team whose page this is."""

    post = forms.IntegerField(label=_("成员"), widget=forms.TextInput(), help_text=_("按姓名或单位查找。"))
    since = _day(_("起始日期"))
    until = _day(_("终止日期"), required=False, hint=_("不填为召回之日。"))
    picks = {"post": "posts"}


class LeaveForm(PickForm):
    """The last day of somebody who leaves, and who takes over."""

    on = _day(_("最后一天"))
    successor = forms.CharField(label=_("接任人"), required=False, help_text=_("接任全部岗位；可不填。"))
    picks = {"successor": "people"}


class UploadForm(forms.Form):
    """A workbook with the sheets of units and posts."""

    file = forms.FileField(label=_("工作簿（.xlsx）"), widget=forms.FileInput(attrs={"accept": ".xlsx"}))
