"""What a key may be given for: the table of scopes, and how long a key lasts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from liandong.kernel.refusal import Refusal, marked

EVERYTHING: Final = "*"
SCOPES: Final[Mapping[str, str]] = {
    "cases:read": marked("读取案件、类别与单位"),
    "cases:write": marked("上报与办理案件（含 Open311）"),
    "duty:read": marked("查询谁在值班"),
    "messages:read": marked("读取与标记本账号的消息"),
    "webhooks:manage": marked("管理本账号的推送"),
    "reporters:reveal": marked("查看报告人联系方式、按电话查找（不含在“全部接口”内）"),
    EVERYTHING: marked("全部接口"),
}
"""Scope → what it opens. Who the caller is (`/me`) needs none."""
APART: Final = frozenset({"reporters:reveal"})
"""What shows persons must be given by name: everything else does not include it."""
LONGEST_KEY: Final = timedelta(days=366)
USUAL_KEY: Final = timedelta(days=365)


class ScopeUnknown(Refusal):
    """A scope that no interface asks for."""

    status = 422
    says = marked("没有“%(scope)s”这个权限范围。")
    remedy = marked("请从列出的权限范围中选择。")


class KeyTermTooLong(Refusal):
    """A key that would last longer than a year, or is over before it begins."""

    status = 422
    says = marked("密钥的有效期必须晚于今天，且最长一年。")
    remedy = marked("请缩短有效期；到期前可以换发新的密钥。")


def scopes_given(words: Iterable[str]) -> str:
    """Return the scopes as they are stored: in the order of the table; beside everything only what stands apart.

    :raises ScopeUnknown: one of them is none
    """
    wanted = set(words)
    for word in sorted(wanted - SCOPES.keys()):
        raise ScopeUnknown(scope=word)
    if EVERYTHING in wanted:
        wanted = {EVERYTHING} | (wanted & APART)
    return " ".join(scope for scope in SCOPES if scope in wanted)


def key_term(until_at: datetime | None, *, at: datetime, is_endless: bool) -> datetime | None:
    """Return when a key given at `at` ends: a year later unless said otherwise; never for an endless one.

    :raises KeyTermTooLong: it would last too long, or not at all
    """
    if until_at is None:
        return None if is_endless else at + USUAL_KEY
    if not at < until_at <= at + LONGEST_KEY:
        raise KeyTermTooLong
    return until_at
