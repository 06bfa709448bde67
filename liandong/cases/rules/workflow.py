"""The life of a case, as one table (`CASE.md` §2). Which step leads from where to where, and what it needs.

Stages are those of the case, which follow its lead unit. An assisting unit has its own, smaller life: `ASSISTING`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from liandong.cases.rules.words import STAGE_WORDS, WORK_WORDS, ClockKind, Stage, WorkState
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


class Suspended(Refusal):
    """The case rests until what it waits for has come: its clocks stand still, and so does the work."""

    status = 409
    says = marked("案件已挂账，等待：%(awaited)s。恢复前不能执行“%(step)s”。")
    remedy = marked("条件已具备的，请值班长恢复办理。")


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table. `to` is None where the stage stays.

    `or_to` are other stages in which the step may end, None among them where it may also stay: which one, the change
    decides. `of_a_unit` marks the steps that act on a unit's assignment.
    """

    code: str
    word: str
    from_: frozenset[Stage]
    to: Stage | None
    stops: frozenset[ClockKind] = frozenset()
    starts: frozenset[ClockKind] = frozenset()
    needs_reason: bool = False
    or_to: frozenset[Stage | None] = frozenset()
    of_a_unit: bool = False
    while_suspended: bool = False

    @property
    def act(self) -> str:
        """The permission this step asks for."""
        return f"cases.{self.code}"

    @property
    def ends_in(self) -> frozenset[Stage | None]:
        """Every stage in which the step may end; None: where it began."""
        return self.or_to | {self.to}


def _step(
    code: str,
    word: str,
    from_: Iterable[Stage],
    to: Stage | None,
    *,
    stops: Iterable[ClockKind] = (),
    starts: Iterable[ClockKind] = (),
    needs_reason: bool = False,
    or_to: Iterable[Stage | None] = (),
    of_a_unit: bool = False,
    while_suspended: bool = False,
) -> Step:
    return Step(
        code,
        word,
        frozenset(from_),
        to,
        frozenset(stops),
        frozenset(starts),
        needs_reason,
        frozenset(or_to),
        of_a_unit,
        while_suspended,
    )


_S, _C = Stage, ClockKind
_ALL = tuple(ClockKind)
_INTAKE = (_C.ACCEPT, _C.VERIFY, _C.FILE)
_BEFORE_FILING = (_S.ACCEPTED, _S.VERIFIED)
_UNSENT = (_S.REPORTED, _S.ACCEPTED, _S.VERIFIED, _S.FILED)
_AT_UNIT = (_S.DISPATCHED, _S.RECEIVED, _S.ON_SCENE)
_IN_HAND = (_S.RECEIVED, _S.ON_SCENE)
_WORKING = (*_UNSENT, *_AT_UNIT)
_OPEN = (*_WORKING, _S.HANDLED, _S.MERGED)
_AFTER_HANDLING = (_C.CHECK, _C.CALL_BACK)
_OF_THE_HOP = (_C.RECEIVE, _C.HOP)
_LET_GO = (*_OF_THE_HOP, _C.COORDINATION)
_FIRST_SENT = (_C.RECEIVE, _C.HOP, _C.CONTACT, _C.ARRIVE, _C.HANDLE)
_HANDED_OVER = (_C.CONTACT, _C.ARRIVE, _C.HANDLE, *_OF_THE_HOP, _C.COORDINATION, _C.DISPATCH)

# fmt: off
_ROWS: Final = (
    # From the report to the unit
    _step("report", marked("上报"), (), _S.REPORTED, starts=[_C.ACCEPT]),
    _step("accept", marked("受理"), [_S.REPORTED], _S.ACCEPTED, stops=[_C.ACCEPT], starts=[_C.VERIFY, _C.FILE]),
    _step("refuse", marked("不予受理"), [_S.REPORTED], _S.REFUSED, stops=_ALL, needs_reason=True),
    _step("answer", marked("即时答复"), [_S.REPORTED, _S.ACCEPTED], _S.ANSWERED, stops=_ALL, needs_reason=True),
    _step("verify_report", marked("核实"), [_S.ACCEPTED], _S.VERIFIED, stops=[_C.VERIFY], starts=[_C.FILE]),
    _step("file", marked("立案"), _BEFORE_FILING, _S.FILED, stops=_INTAKE, starts=[_C.DISPATCH]),
    _step("decline", marked("不予立案"), _BEFORE_FILING, _S.DECLINED, stops=_ALL, needs_reason=True),
    _step("dispatch", marked("派遣"), [_S.FILED], _S.DISPATCHED, stops=[_C.DISPATCH], starts=_FIRST_SENT),
    _step("dispatch_by_phone", marked("电话派遣"), [_S.REPORTED, _S.ACCEPTED, _S.VERIFIED], _S.DISPATCHED,
          stops=[_C.ACCEPT, _C.VERIFY], starts=(*_FIRST_SENT, _C.FILE)),
    _step("file_afterwards", marked("补立案"), (_S.FILED, *_AT_UNIT, _S.HANDLED), None, stops=[_C.FILE]),
    # At the unit
    _step("receive", marked("签收"), [_S.DISPATCHED], _S.RECEIVED, stops=[_C.RECEIVE], of_a_unit=True),
    _step("return", marked("退单"), [_S.DISPATCHED, _S.RECEIVED], _S.FILED, or_to=[_S.RECEIVED], stops=_LET_GO,
          starts=[_C.DISPATCH, _C.HOP], needs_reason=True, of_a_unit=True),
    _step("hand_down", marked("下派"), _IN_HAND, _S.DISPATCHED, starts=_OF_THE_HOP, of_a_unit=True),
    _step("contact", marked("先行联系"), _AT_UNIT, None, stops=[_C.CONTACT]),
    _step("arrive", marked("到场"), [_S.RECEIVED], _S.ON_SCENE, stops=[_C.ARRIVE], of_a_unit=True),
    _step("warn", marked("劝诫谈话"), _IN_HAND, None, needs_reason=True),
    _step("raise_force", marked("升级处置方式"), _IN_HAND, None, needs_reason=True),
    _step("ask_for_force", marked("请求升级力量"), _IN_HAND, _S.FILED, stops=_LET_GO, starts=[_C.DISPATCH],
          needs_reason=True),
    _step("pass_out", marked("外协"), _IN_HAND, None, of_a_unit=True),
    _step("advise", marked("劝阻"), _AT_UNIT, None, needs_reason=True),
    _step("assist", marked("配合"), _AT_UNIT, None, needs_reason=True),
    _step("hand_in", marked("处置反馈"), _IN_HAND, _S.HANDLED, stops=_HANDED_OVER, starts=_AFTER_HANDLING,
          needs_reason=True, of_a_unit=True),
    # Between the levels
    _step("transfer", marked("转派"), _AT_UNIT, _S.DISPATCHED, or_to=[None], stops=_LET_GO, starts=_OF_THE_HOP,
          needs_reason=True),
    _step("take_back", marked("收回"), _AT_UNIT, _S.FILED, or_to=[_S.RECEIVED, None], stops=_LET_GO,
          starts=[_C.DISPATCH], needs_reason=True),
    _step("arbitrate", marked("裁定"), _AT_UNIT, None, or_to=[_S.DISPATCHED], stops=(*_LET_GO, _C.DISPATCH),
          starts=_OF_THE_HOP, needs_reason=True),
    _step("request_coordination", marked("上报协调"), _IN_HAND, None, starts=[_C.COORDINATION], needs_reason=True,
          of_a_unit=True),
    _step("accept_coordination", marked("同意协调"), _AT_UNIT, _S.FILED, stops=[_C.COORDINATION, *_OF_THE_HOP],
          starts=[_C.DISPATCH, *_OF_THE_HOP]),
    _step("decline_coordination", marked("退回协调"), _AT_UNIT, None, stops=[_C.COORDINATION], needs_reason=True),
    _step("excuse_assistant", marked("免等协办"), _AT_UNIT, None, stops=_OF_THE_HOP, needs_reason=True),
    _step("change_class", marked("改类"), (_S.FILED, *_AT_UNIT), None, stops=[_C.ARRIVE, _C.HANDLE],
          starts=[_C.ARRIVE, _C.HANDLE], needs_reason=True),
    # Time
    _step("request_extension", marked("申请延期"), _AT_UNIT, None, needs_reason=True, of_a_unit=True),
    _step("grant_extension", marked("同意延期"), _AT_UNIT, None),
    _step("refuse_extension", marked("不同意延期"), _AT_UNIT, None, needs_reason=True),
    _step("suspend", marked("挂账"), (_S.FILED, *_AT_UNIT), None, needs_reason=True),
    _step("resume", marked("恢复办理"), (_S.FILED, *_AT_UNIT), None, while_suspended=True),
    _step("supervise", marked("督办"), _OPEN, None, starts=[_C.SUPERVISION], needs_reason=True, while_suspended=True),
    _step("reply_supervision", marked("回复督办"), _OPEN, None, stops=[_C.SUPERVISION], needs_reason=True,
          while_suspended=True),
    _step("lift_overdue", marked("解除超时标记"), _OPEN, None, needs_reason=True, while_suspended=True),
    # Verification, and the end
    _step("check", marked("核查"), [_S.HANDLED], None, stops=[_C.CHECK]),
    _step("call_back", marked("回访"), [_S.HANDLED, _S.MERGED], None, stops=[_C.CALL_BACK], starts=[_C.CHECK]),
    _step("send_back", marked("返工"), [_S.HANDLED], _S.DISPATCHED, stops=(*_AFTER_HANDLING, *_OF_THE_HOP),
          starts=_OF_THE_HOP,
          needs_reason=True),
    _step("close", marked("结案"), [_S.HANDLED], _S.CLOSED, stops=_ALL),
    _step("reopen", marked("重开"), [_S.CLOSED], _S.DISPATCHED, starts=(*_OF_THE_HOP, _C.HANDLE), needs_reason=True),
    _step("follow_up", marked("善后跟踪"), [_S.CLOSED], None, or_to=[_S.DISPATCHED], starts=(*_OF_THE_HOP, _C.HANDLE),
          needs_reason=True),
    _step("solve_on_spot", marked("自行处置"), [_S.REPORTED], _S.CLOSED, stops=_ALL, needs_reason=True),
    _step("void", marked("作废"), _OPEN, _S.VOID, stops=_ALL, needs_reason=True, while_suspended=True),
    # Several cases
    _step("merge", marked("并案"), _WORKING, _S.MERGED, stops=(*_INTAKE, _C.DISPATCH, *_OF_THE_HOP, _C.COORDINATION),
          starts=[_C.HANDLE], needs_reason=True),
    _step("unmerge", marked("撤销并案"), [_S.MERGED], _S.FILED, or_to=_UNSENT, stops=[_C.CALL_BACK, _C.HANDLE],
          starts=(*_INTAKE, _C.DISPATCH), needs_reason=True),
    _step("split", marked("拆分"), (_S.FILED, *_AT_UNIT), None, needs_reason=True),
    # The reporter's own acts
    _step("urge", marked("催办"), _OPEN, None, while_suspended=True),
    _step("add_note", marked("补充"), _OPEN, None, needs_reason=True, while_suspended=True),
    _step("withdraw", marked("撤诉"), _OPEN, _S.WITHDRAWN, or_to=[None], stops=_ALL,
          starts=[_C.CHECK], while_suspended=True),
    _step("rate", marked("评价"), [_S.CLOSED], None),
    _step("dispute", marked("申诉"), [_S.CLOSED], _S.DISPATCHED, or_to=[None], starts=(*_OF_THE_HOP, _C.HANDLE),
          needs_reason=True),
    _step("refuse_dispute", marked("驳回申诉"), [_S.CLOSED], None, needs_reason=True),
)
# fmt: on

STEPS: Final[Mapping[str, Step]] = {step.code: step for step in _ROWS}

ENDED: Final = frozenset({Stage.REFUSED, Stage.ANSWERED, Stage.DECLINED, Stage.CLOSED, Stage.WITHDRAWN, Stage.VOID})
"""Stages in which nothing more is awaited."""

ASSISTING: Final[Mapping[str, frozenset[WorkState]]] = {
    "receive": frozenset({WorkState.SENT}),
    "return": frozenset({WorkState.SENT, WorkState.RECEIVED}),
    "hand_down": frozenset({WorkState.RECEIVED, WorkState.ON_SCENE}),
    "arrive": frozenset({WorkState.RECEIVED}),
    "hand_in": frozenset({WorkState.RECEIVED, WorkState.ON_SCENE}),
    "pass_out": frozenset({WorkState.RECEIVED, WorkState.ON_SCENE}),
}
"""What an assisting unit may do, by how far it has come; the case must be at a unit. It moves no stage of the case."""

AT_UNIT: Final = frozenset(_AT_UNIT)


def take(code: str, stage: Stage) -> Step:
    """Return the step that leads on from `stage`.

    :raises IllegalStep: it does not lead on from there
    """
    step = STEPS[code]
    if stage not in step.from_:
        raise IllegalStep(stage=STAGE_WORDS[stage], step=step.word)
    return step


def take_assisting(code: str, stage: Stage, state: WorkState) -> Step:
    """Return the step an assisting unit takes with its own part of a case at `stage`.

    :raises IllegalStep: the unit has not come so far, or is done; or the case is with no unit any more
    """
    step = STEPS[code]
    if stage not in AT_UNIT:
        raise IllegalStep(stage=STAGE_WORDS[stage], step=step.word)
    if state not in ASSISTING.get(code, ()):
        raise IllegalStep(stage=WORK_WORDS[state], step=step.word)
    return step


def steps_from(stage: Stage) -> tuple[Step, ...]:
    """All steps that are legal at `stage`, in the order of the table."""
    return tuple(step for step in STEPS.values() if stage in step.from_)
