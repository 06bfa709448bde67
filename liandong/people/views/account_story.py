"""What happened to an account, in words: its timeline, and the news since the last sign-in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from liandong.kernel.refusal import marked
from liandong.people.access import role_word
from liandong.people.models import Unit, User
from liandong.people.queries import staff_by_key
from liandong.people.rules.key_scopes import SCOPES
from liandong.people.views.account_facts import area_name
from liandong.timeline.queries import trace
from liandong.web.names import listed, name_of

if TYPE_CHECKING:
    from liandong.timeline.models import Entry

LONGEST_STORY: Final = 60

WORDS: Final[Mapping[str, tuple[str, str, str]]] = {
    "SignedIn": (marked("登录"), "person-check", "green"),
    "SignedOut": (marked("退出登录"), "box-arrow-right", "grey"),
    "SignInRefused": (marked("登录失败"), "x-circle", "amber"),
    "AccountLocked": (marked("账号锁定"), "lock", "red"),
    "AccountUnlocked": (marked("解除锁定"), "check-circle", "green"),
    "AccountOpened": (marked("开户"), "person-badge", "blue"),
    "AccountDeactivated": (marked("停用账号"), "slash-circle", "red"),
    "AccountReactivated": (marked("恢复账号"), "arrow-counterclockwise", "green"),
    "AccountClosed": (marked("离任销户"), "slash-circle", "grey"),
    "PasswordChanged": (marked("修改密码"), "lock", "blue"),
    "PasswordReset": (marked("重置密码"), "arrow-repeat", "amber"),
    "SecondFactorAdded": (marked("启用动态口令"), "shield-check", "green"),
    "SecondFactorRemoved": (marked("停用动态口令"), "shield-check", "amber"),
    "RecoveryCodesRenewed": (marked("更换恢复码"), "arrow-repeat", "blue"),
    "SessionRevoked": (marked("结束登录会话"), "box-arrow-right", "amber"),
    "IdentityLinked": (marked("绑定统一身份"), "link-45deg", "blue"),
    "IdentityUnlinked": (marked("解除统一身份绑定"), "link-45deg", "amber"),
    "LanguageChosen": (marked("选择语言"), "translate", "grey"),
    "ContactChanged": (marked("修改联系方式"), "phone", "grey"),
    "ChannelsChosen": (marked("选择消息渠道"), "bell", "grey"),
    "ServiceAccountOpened": (marked("开设接口账号"), "cpu", "blue"),
    "ApiKeyIssued": (marked("发放接口密钥"), "plus-lg", "blue"),
    "ApiKeyRevoked": (marked("停用接口密钥"), "slash-circle", "red"),
    "RoleGranted": (marked("授予权限"), "person-check", "blue"),
    "RoleRevoked": (marked("撤销权限"), "slash-circle", "amber"),
    "PostCovered": (marked("安排代班"), "people", "blue"),
    "CasesExported": (marked("导出案件"), "file-earmark-text", "grey"),
    "PostTaken": (marked("任职"), "person-badge", "blue"),
    "PostChanged": (marked("岗位变更"), "person-badge", "blue"),
    "PostEnded": (marked("卸任"), "person-badge", "grey"),
    "PostLent": (marked("借调"), "people", "blue"),
    "PostRecalled": (marked("结束借调"), "people", "grey"),
    "PersonLeft": (marked("离任"), "box-arrow-right", "grey"),
}
"""Event → what it is called, icon, tone."""

LABELS: Final[Mapping[str, str]] = {
    "why": marked("原因"),
    "address": marked("地址"),
    "device": marked("设备"),
    "by": marked("方式"),
    "second": marked("第二步"),
    "minutes": marked("分钟"),
    "count": marked("个数"),
    "label": marked("用途"),
    "scopes": marked("权限范围"),
    "until_at": marked("截止"),
    "since_at": marked("开始"),
    "unit": marked("单位"),
    "role": marked("角色"),
    "area": marked("区域"),
    "title": marked("职务"),
    "home": marked("原单位"),
    "team": marked("队伍"),
    "since": marked("开始"),
    "until": marked("截止"),
    "identity": marked("身份标识"),
    "language": marked("语言"),
}
"""Field of an event → its label; what is not here is not shown."""

UNITS: Final = ("unit", "home", "team")
"""Fields that hold the code of a unit."""

CODES: Final[Mapping[str, str]] = {
    "password": marked("密码"),
    "directory": marked("目录（LDAP）密码"),
    "sso": marked("统一身份认证"),
    "totp": marked("动态口令"),
    "recovery": marked("恢复码"),
    "locked": marked("锁定期间尝试"),
    "proof": marked("核对当前密码"),
    "expired": marked("一次性密码已过期"),
    "code_wrong": marked("动态口令不正确"),
    "code_used": marked("动态口令已用过"),
    "code_locked": marked("动态口令暂停受理"),
}

NEWS: Final[Mapping[str, str]] = {
    "PasswordReset": marked("%(who)s 于 %(when)s 重置了您的密码。"),
    "SecondFactorRemoved": marked("%(who)s 于 %(when)s 停用了您的动态口令，理由：%(reason)s。请尽快重新启用。"),
    "SessionRevoked": marked("%(who)s 于 %(when)s 结束了您的登录会话。"),
    "AccountUnlocked": marked("%(who)s 于 %(when)s 解除了您账号的锁定。"),
    "AccountReactivated": marked("%(who)s 于 %(when)s 恢复了您的账号，理由：%(reason)s。"),
    "IdentityUnlinked": marked("%(who)s 于 %(when)s 解除了您的统一身份绑定，理由：%(reason)s。"),
}
"""What somebody else did to an account and its owner must be told."""


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as `ui/timeline.html` shows it."""

    actor: str
    at: datetime
    label: str
    icon: str
    tone: str
    text: str = ""
    unit: str = ""
    step: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)


def story_of(user: User) -> list[Line]:
    """What happened to the account lately, newest first."""
    entries = list(trace("account", user.pk).order_by("-seq")[:LONGEST_STORY])
    names = _names(entries)
    return [_line(entry, names) for entry in entries]


def news_for(user: User) -> list[str]:
    """What the owner must be told at sign-in: what others did to the account, and how often somebody failed."""
    entries = []
    for entry in trace("account", user.pk).order_by("-seq")[:LONGEST_STORY]:
        if entry.event == "SignedIn":
            break
        entries.append(entry)
    names = _names(entries)
    told = [
        _(NEWS[entry.event])
        % {"who": names.get(entry.actor, entry.actor), "when": _when(entry.at), "reason": entry.data.get("reason", "")}
        for entry in reversed(entries)
        if entry.event in NEWS and entry.actor != user.key
    ]
    failures = sum(entry.event == "SignInRefused" for entry in entries)
    # One slip of one's own before the sign-in that worked is no news.
    if failures > 1:
        told.append(_("自上次登录以来，有 %(count)s 次登录失败。如非本人操作，请修改密码。") % {"count": failures})
    return told


def _line(entry: Entry, names: Mapping[str, str]) -> Line:
    word, icon, tone = WORDS.get(entry.event, (entry.event, "circle", "grey"))
    data = entry.data
    facts = [(_(label), _shown(name, data[name], names)) for name, label in LABELS.items() if data.get(name)]
    reason = str(data.get("reason", ""))
    return Line(names.get(entry.actor, entry.actor), entry.at, _(word), icon, tone, text=reason, facts=facts)


def _shown(name: str, value: Any, names: Mapping[str, str]) -> str:
    if name in UNITS:
        return names.get(f"unit/{value}", str(value))
    if name == "area":
        return area_name(str(value))
    if name == "role":
        return _(role_word(str(value)))
    if name == "scopes":
        return listed(_(SCOPES[scope]) if scope in SCOPES else scope for scope in str(value).split())
    if name in ("since_at", "until_at"):
        instant = parse_datetime(str(value))
        return _when(instant) if instant else str(value)
    return _(CODES[value]) if value in CODES else str(value)


def _names(entries: Iterable[Entry]) -> dict[str, str]:
    """Who acted, by key, and which units the entries name, by `unit/<code>`."""
    entries = list(entries)
    keys = {entry.actor for entry in entries}
    names = {key: name for key, (name, _unit) in staff_by_key(keys).items()}
    codes = {entry.data[name] for entry in entries for name in UNITS if entry.data.get(name)}
    units = {f"unit/{unit.code}": name_of(unit) for unit in Unit.objects.filter(pk__in=codes)}
    return {key: names.get(key) or _actor(key) for key in keys} | units


def _actor(key: str) -> str:
    if key == "nobody":
        return _("未知")
    return _("平台") if key.startswith("platform/") else key


def _when(instant: datetime) -> str:
    return timezone.localtime(instant).strftime("%Y-%m-%d %H:%M")
