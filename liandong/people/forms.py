"""Forms of signing in, of one's own account, and of the administration of accounts and keys."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from liandong.people.access import role_word, roles
from liandong.people.contacts import Contact
from liandong.people.rules.granting import LONGEST_REASON, UNGRANTABLE
from liandong.people.rules.key_scopes import SCOPES
from liandong.people.rules.passwords import LONGEST

TERMS_DAYS: Final = (30, 90, 180, 365)
"""How long a key may be given for, in days."""


class SignInForm(AuthenticationForm):
    """Account and password: account names are read without regard to case or outer blanks."""

    def clean_username(self) -> str:
        """Return the account name as it is stored."""
        return str(self.cleaned_data["username"]).strip().lower()


def _password(label: Any, autocomplete: str) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, max_length=LONGEST * 2, strip=False, widget=widget)


def _account() -> forms.CharField:
    help_text = _("小写字母、数字和 . _ -")
    widget = forms.TextInput({"autocomplete": "off", "autocapitalize": "none"})
    return forms.CharField(label=_("账号"), max_length=60, help_text=help_text, widget=widget)


def _code(label: Any) -> forms.CharField:
    attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "autocapitalize": "none", "spellcheck": "false"}
    return forms.CharField(label=label, max_length=20, widget=forms.TextInput(attrs=attrs))


class CodeForm(forms.Form):
    """The second step of signing in, and the confirmation of a new authenticator."""

    code = _code(_("动态口令"))


class PasswordForm(forms.Form):
    """A new password, typed twice, with the old one."""

    old = _password(_("当前密码"), "current-password")
    new = _password(_("新密码"), "new-password")
    again = _password(_("再输一次新密码"), "new-password")

    def clean_again(self) -> str:
        """The second typing, which must be the first."""
        again = str(self.cleaned_data["again"])
        if "new" in self.cleaned_data and again != self.cleaned_data["new"]:
            raise forms.ValidationError(gettext("两次输入的新密码不同。"))
        return again


class ProofForm(forms.Form):
    """Who one is, before one's own second factor changes: the password where there is one, and a code."""

    password = _password(_("当前密码"), "current-password")
    code = _code(_("动态口令或恢复码"))

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        asks_password: bool,
        asks_code: bool = True,
        prefix_of_ids: str = "remove",
    ) -> None:
        super().__init__(data, auto_id=f"id_{prefix_of_ids}_%s")
        if not asks_password:
            del self.fields["password"]
        if not asks_code:
            del self.fields["code"]


class ReasonForm(forms.Form):
    """Why something is done to somebody's account."""

    reason = forms.CharField(label=_("理由"), max_length=LONGEST_REASON)


class StaffContactForm(forms.Form):
    """Where a colleague is reached. What is kept is not shown in full, so an empty field leaves it as it is."""

    phone = forms.CharField(
        label=_("手机号码"),
        max_length=30,
        required=False,
        help_text=_("11 位，用于接收短信；留空则不改。"),
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "tel"}),
    )
    email = forms.CharField(
        label=_("电子邮件"),
        max_length=120,
        required=False,
        help_text=_("留空则不改。"),
        widget=forms.EmailInput({"autocomplete": "off"}),
    )
    drop_phone = forms.BooleanField(label=_("删除手机号码"), required=False)
    drop_email = forms.BooleanField(label=_("删除电子邮件"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, kept: Contact) -> None:
        super().__init__(data, auto_id="id_contact_%s")
        self._kept = kept
        for name in ("phone", "email"):
            if not getattr(kept, name):
                del self.fields[f"drop_{name}"]

    def contact(self) -> dict[str, str]:
        """What is to be kept from now on."""
        return {name: self._meant(name) for name in ("phone", "email")}

    def _meant(self, name: str) -> str:
        typed = str(self.cleaned_data[name]).strip()
        if typed or self.cleaned_data.get(f"drop_{name}"):
            return typed
        return str(getattr(self._kept, name))


class AccountForm(forms.Form):
    """A new account for a person."""

    account = _account()
    name = forms.CharField(label=_("姓名"), max_length=60, widget=forms.TextInput({"autocomplete": "off"}))


class ServiceForm(forms.Form):
    """A new account for another system, with its one post."""

    account = _account()
    name = forms.CharField(label=_("系统名称"), max_length=60)
    unit = forms.CharField(label=_("所属单位"), max_length=40)
    role = forms.ChoiceField(label=_("角色"))
    area = forms.CharField(label=_("区域"), max_length=15, required=False)

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, auto_id="id_service_%s", initial={"role": "integrator"})
        choices = [(role, gettext(role_word(role))) for role in roles() if role not in UNGRANTABLE]
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)
        role.choices = sorted(choices, key=lambda choice: choice[0] != "integrator")


class KeyForm(forms.Form):
    """A new key: what for, what it opens, how long."""

    label = forms.CharField(label=_("用途"), max_length=60, help_text=_("哪个系统、做什么用"))
    scopes = forms.MultipleChoiceField(label=_("权限范围"), widget=forms.CheckboxSelectMultiple)
    days = forms.TypedChoiceField(label=_("有效期"), coerce=int, initial=TERMS_DAYS[-1])

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, auto_id="id_key_%s")
        scopes, days = self.fields["scopes"], self.fields["days"]
        assert isinstance(scopes, forms.MultipleChoiceField)
        assert isinstance(days, forms.ChoiceField)
        scopes.choices = [(scope, f"{gettext(word)} · {scope}") for scope, word in SCOPES.items()]
        days.choices = [(days, gettext("%(days)s 天") % {"days": days}) for days in TERMS_DAYS]

    @property
    def term(self) -> timedelta:
        """How long the key is to last."""
        return timedelta(days=self.cleaned_data["days"])
