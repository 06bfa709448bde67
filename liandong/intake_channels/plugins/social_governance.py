"""综治: matters of the social governance platform, in JSON or XML. Contract: `docs/channels/social-governance.md`.

Matters only. That platform also keeps sheets of people by category; none of them comes in here.
"""

from __future__ import annotations

from typing import Final

from liandong.intake_channels.plugins.dialect import Dialect
from liandong.intake_channels.rules.words import Kind, Tell
from liandong.kernel.refusal import marked

MATTERS: Final = frozenset({"dispute", "hazard", "public_safety", "public_service", "campus", "railway"})
"""Types of record that are matters (GB/T 31000-2015): 矛盾纠纷, 治安隐患, 公共安全, 民生服务, 校园周边, 护路护线."""

SOCIAL_GOVERNANCE: Final = Dialect(
    code="social_governance",
    word=marked("综治平台"),
    kinds=frozenset({Kind.ORDER, Kind.NOTE, Kind.WITHDRAW, Kind.REPLY, Kind.RECEIPT}),
    tells=frozenset({Tell.RECEIPT, Tell.ANSWER, Tell.RETURN}),
    forms=("json", "xml"),
    record_types=MATTERS,
    is_strict=True,
)
