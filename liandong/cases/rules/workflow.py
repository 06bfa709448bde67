"""The life of a case, as one table (`CASE.md` §2). Which step leads from where to where, and what it needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from liandong.cases.rules.words import STAGE_WORDS, ClockKind, Stage
from liandong.kernel.refusal import Refusal, marked


class IllegalStep(Refusal):
    """The case is not at a stage from which this step leads."""

    status = 409
    says = marked("案件现处于“%(stage)s”，不能执行“%(step)s”。")
    remedy = marked("请刷新案件，查看当前可以执行的步骤。")


class ReasonNeeded(Refusal):
    """A step that must say why was taken without a word."""

    status = 422
    says = marked("执行“%(step)s”必须说明理由。")
    remedy = marked("请填写理由后重试，报告人将看到这段文字。")


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table. `to` is None where the stage stays."""

    code: str
    word: str
    from_: frozenset[Stage]
    to: Stage | None
    stops: frozenset[ClockKind] = frozenset()
    starts: frozenset[ClockKind] = frozenset()
    needs_reason: bool = False

    @property
    def act(self) -> str:
        """The permission this step asks for."""
        return f"cases.{self.code}"


def _step(
    code: str,
    word: str,
    from_: Iterable[Stage],
    to: Stage | None,
    *,
    stops: Iterable[ClockKind] = (),
    starts: Iterable[ClockKind] = (),
    needs_reason: bool = False,
) -> Step:
    return Step(code, word, frozenset(from_), to, frozenset(stops), frozenset(starts), needs_reason)


_S, _C = Stage, ClockKind
_INTAKE = (_C.ACCEPT, _C.FILE)
_AT_UNIT = (_S.DISPATCHED, _S.RECEIVED, _S.ON_SCENE)
_IN_HAND = (_S.RECEIVED, _S.ON_SCENE)
_AFTER_HANDLING = (_C.CHECK, _C.CALL_BACK)
_ALL = tuple(ClockKind)

STEPS: dict[str, Step] = {
    step.code: step
    for step in (
        _step("report", marked("上报"), (), _S.REPORTED, starts=[_C.ACCEPT]),
        _step("accept", marked("受理"), [_S.REPORTED], _S.ACCEPTED, stops=[_C.ACCEPT], starts=[_C.FILE]),
        _step("refuse", marked("不予受理"), [_S.REPORTED], _S.REFUSED, stops=_INTAKE, needs_reason=True),
        _step("answer", marked("即时答复"), [_S.REPORTED, _S.ACCEPTED], _S.ANSWERED, stops=_INTAKE, needs_reason=True),
        _step("file", marked("立案"), [_S.ACCEPTED], _S.FILED, stops=[_C.FILE], starts=[_C.DISPATCH]),
        _step("decline", marked("不予立案"), [_S.ACCEPTED], _S.DECLINED, stops=_INTAKE, needs_reason=True),
        _step(
            "dispatch",
            marked("派遣"),
            [_S.FILED],
            _S.DISPATCHED,
            stops=[_C.DISPATCH],
            starts=[_C.RECEIVE, _C.CONTACT, _C.ARRIVE, _C.HANDLE],
        ),
        _step("receive", marked("签收"), [_S.DISPATCHED], _S.RECEIVED, stops=[_C.RECEIVE]),
        _step(
            "return",
            marked("退单"),
            [_S.DISPATCHED, _S.RECEIVED],
            _S.FILED,
            stops=[_C.RECEIVE],
            starts=[_C.DISPATCH],
            needs_reason=True,
        ),
        _step("contact", marked("先行联系"), _AT_UNIT, None, stops=[_C.CONTACT]),
        _step("arrive", marked("到场"), [_S.RECEIVED], _S.ON_SCENE, stops=[_C.ARRIVE]),
        _step("warn", marked("劝诫谈话"), _IN_HAND, None, needs_reason=True),
        _step("raise_force", marked("升级处置方式"), _IN_HAND, None, needs_reason=True),
        _step("ask_for_force", marked("请求升级力量"), _IN_HAND, _S.FILED, starts=[_C.DISPATCH], needs_reason=True),
        _step(
            "hand_in",
            marked("处置反馈"),
            _IN_HAND,
            _S.HANDLED,
            stops=[_C.ARRIVE, _C.HANDLE],
            starts=_AFTER_HANDLING,
            needs_reason=True,
        ),
        _step("check", marked("核查"), [_S.HANDLED], None, stops=[_C.CHECK]),
        _step("call_back", marked("回访"), [_S.HANDLED], None, stops=[_C.CALL_BACK], starts=[_C.CHECK]),
        _step(
            "send_back",
            marked("返工"),
            [_S.HANDLED],
            _S.DISPATCHED,
            stops=_AFTER_HANDLING,
            starts=[_C.RECEIVE],
            needs_reason=True,
        ),
        _step("close", marked("结案"), [_S.HANDLED], _S.CLOSED, stops=_ALL),
        _step(
            "reopen",
            marked("重开"),
            [_S.CLOSED],
            _S.DISPATCHED,
            starts=[_C.RECEIVE, _C.HANDLE],
            needs_reason=True,
        ),
        _step("solve_on_spot", marked("自行处置"), [_S.REPORTED], _S.CLOSED, stops=_ALL, needs_reason=True),
    )
}

ENDED = frozenset({Stage.REFUSED, Stage.ANSWERED, Stage.DECLINED, Stage.CLOSED})
"""Stages in which nothing more is awaited."""


def take(code: str, stage: Stage) -> Step:
    """Return the step that leads on from `stage`.

    :raises IllegalStep: it does not lead on from there
    """
    step = STEPS[code]
    if stage not in step.from_:
        raise IllegalStep(stage=STAGE_WORDS[stage], step=step.word)
    return step


def steps_from(stage: Stage) -> tuple[Step, ...]:
    """All steps that are legal at `stage`, in the order of the table."""
    return tuple(step for step in STEPS.values() if stage in step.from_)
