"""How each step is taken at a desk: its form, its operation, how weighty its button looks, its key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from liandong.cases import operations
from liandong.workbench import forms, law_forms
from liandong.workbench.forms import StepForm, Words
from liandong.workbench.law_forms import reason_form


@dataclass(frozen=True, slots=True)
class StepDesk:
    """How a step is taken at a desk. A rare one waits below the others, folded away."""

    form: type[StepForm]
    take: Callable[..., Any]
    style: str = "btn-primary"
    key: str = ""
    hint: Words = ""
    is_rare: bool = False


RAISING: Final = _("先服务、再管理、后执法；升级后处置步骤须由有相应权限的岗位办理。")
ASKING: Final = _("本单位权限不足时使用：案件退回待派遣，改派有权限的单位；不计作退单，处置时限照常。")
_LIGHT, _DANGER = "btn-light", "btn-danger"


def _rare(form: type[StepForm], take: Callable[..., Any], style: str = _LIGHT, hint: Words = "") -> StepDesk:
    return StepDesk(form, take, style, hint=hint, is_rare=True)


STEP_DESKS: Final[dict[str, StepDesk]] = {
    "accept": StepDesk(forms.AcceptForm, operations.accept_case, key="a"),
    "verify_report": StepDesk(law_forms.VerifyReportForm, operations.verify_report, key="v"),
    "file": StepDesk(forms.FileForm, operations.file_case, key="f"),
    "dispatch": StepDesk(forms.DispatchForm, operations.dispatch_case, key="d"),
    "arbitrate": StepDesk(law_forms.ArbitrateForm, operations.arbitrate_case, key="d"),
    "accept_coordination": StepDesk(
        law_forms.NoteForm, operations.accept_coordination, hint=_("接手后由区中心派遣，街镇转为协办。")
    ),
    "decline_coordination": StepDesk(
        reason_form(_("退回理由")), operations.decline_coordination, _DANGER, hint=_("退回后由街镇继续处置。")
    ),
    "grant_extension": StepDesk(law_forms.NoteForm, operations.grant_extension),
    "refuse_extension": StepDesk(reason_form(_("不同意的理由")), operations.refuse_extension, _DANGER),
    "refuse_dispute": StepDesk(reason_form(_("驳回理由"), hint=_("报告人会看到这段文字。")), operations.refuse_dispute),
    "receive": StepDesk(StepForm, operations.receive_case, key="s"),
    "arrive": StepDesk(forms.HandlingForm, operations.arrive_at_case, key="g"),
    "contact": StepDesk(forms.ContactForm, operations.contact_reporter, key="l"),
    "hand_down": StepDesk(law_forms.HandDownForm, operations.hand_down_case, key="x"),
    "hand_in": StepDesk(forms.HandInForm, operations.hand_in_case, key="h"),
    "reply_supervision": StepDesk(reason_form(_("督办回复")), operations.reply_supervision),
    "follow_up": StepDesk(law_forms.FollowUpForm, operations.follow_up_case),
    "warn": StepDesk(forms.WarnForm, operations.warn_in_case, _LIGHT),
    "advise": StepDesk(law_forms.AdviseForm, operations.advise_in_case, _LIGHT),
    "assist": StepDesk(reason_form(_("配合内容")), operations.assist_in_case, _LIGHT),
    "raise_force": StepDesk(forms.RaiseForceForm, operations.raise_force, _LIGHT, hint=RAISING),
    "ask_for_force": StepDesk(forms.AskForForceForm, operations.ask_for_force, _LIGHT, hint=ASKING),
    "request_coordination": StepDesk(
        reason_form(_("需要区里协调什么")),
        operations.request_coordination,
        _LIGHT,
        hint=_("区中心应在 4 个工作时内答复，逾期未答视为同意；案件时限不变。"),
    ),
    "request_extension": StepDesk(law_forms.ExtensionForm, operations.request_extension, _LIGHT),
    "pass_out": StepDesk(law_forms.PassOutForm, operations.pass_out_case, _LIGHT),
    "check": StepDesk(forms.CheckForm, operations.check_case, key="c"),
    "call_back": StepDesk(forms.CallBackForm, operations.call_back_reporter, key="b"),
    "close": StepDesk(forms.CloseForm, operations.close_case, key="e"),
    "resume": StepDesk(law_forms.NoteForm, operations.resume_case),
    "solve_on_spot": StepDesk(forms.SolveForm, operations.solve_case_on_spot),
    "return": StepDesk(forms.ReturnForm, operations.return_case, _DANGER),
    "send_back": StepDesk(forms.SendBackForm, operations.send_back_case, _DANGER),
    "reopen": StepDesk(forms.ReopenForm, operations.reopen_case, _DANGER),
    "answer": StepDesk(forms.AnswerForm, operations.answer_case, _LIGHT),
    "refuse": StepDesk(forms.RefuseForm, operations.refuse_case, _DANGER),
    "decline": StepDesk(forms.DeclineForm, operations.decline_case, _DANGER),
    "dispatch_by_phone": StepDesk(
        law_forms.PhoneForm, operations.dispatch_by_phone, hint=_("特急案件先派遣，30 分钟内补立案。")
    ),
    "file_afterwards": StepDesk(forms.FileForm, operations.file_afterwards),
    "transfer": _rare(law_forms.TransferForm, operations.transfer_case),
    "change_class": _rare(law_forms.ChangeClassForm, operations.change_class),
    "take_back": _rare(reason_form(_("收回理由")), operations.take_back_case),
    "excuse_assistant": _rare(law_forms.ExcuseForm, operations.excuse_assistant),
    "supervise": _rare(law_forms.SuperviseForm, operations.supervise_case),
    "suspend": _rare(
        law_forms.SuspendForm, operations.suspend_case, hint=_("挂账期间时限停走，每月复核；到期自动恢复。")
    ),
    "lift_overdue": _rare(reason_form(_("解除理由")), operations.lift_overdue),
    "merge": _rare(law_forms.MergeForm, operations.merge_case),
    "unmerge": _rare(reason_form(_("撤销并案的理由")), operations.unmerge_case),
    "split": _rare(law_forms.SplitForm, operations.split_case),
    "urge": _rare(law_forms.NoteForm, operations.urge_case, hint=_("报告人催问时登记，承办单位会得到提醒。")),
    "add_note": _rare(reason_form(_("补充内容")), operations.add_note),
    "withdraw": _rare(law_forms.NoteForm, operations.withdraw_case, hint=_("已派遣的案件继续办理，但不再回访报告人。")),
    "rate": _rare(law_forms.RateForm, operations.rate_case),
    "dispute": _rare(
        reason_form(_("申诉理由")), operations.dispute_case, hint=_("首次申诉直接重开，以后由值班长决定。")
    ),
    "void": _rare(reason_form(_("作废理由")), operations.void_case, _DANGER),
}
"""In the order in which a page offers them: what leads on first, what leads back or out last, rare ones folded."""
