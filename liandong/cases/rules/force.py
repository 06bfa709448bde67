"""先服务、再管理、后执法 (`CASE.md` §4): what the force of a case asks of units and posts, and how it is raised.

The order itself stands in `people.rules.force`; here is what it means for a case, and how too little of it is refused.
"""

from __future__ import annotations

from liandong.cases.rules.words import FORCE_WORDS, Force
from liandong.kernel.refusal import Refusal, marked
from liandong.people.rules.force import covers, strength

NOBODY_SUITABLE = marked("（本区没有登记这样的单位，请联系值班长）")
NOBODY_PRESENT = marked("（该单位现在没有这样的岗位，请联系其负责人）")


class ForceTooWeak(Refusal):
    """A unit was to hold a case that must be met with more force than it carries."""

    status = 422
    says = marked("案件须以“%(needed)s”方式处置，%(unit)s只有“%(force)s”权限，不能承办。")
    remedy = marked("服务不能代替管理，管理不能代替执法；可改派：%(suitable)s。")


class ForceMissing(Refusal):
    """A handling step was taken from a post that carries less force than the case asks for."""

    status = 403
    says = marked("案件须以“%(needed)s”方式处置，您的岗位没有%(unit)s的这项权限。")
    remedy = marked("请由以下岗位办理：%(who)s。")


class BeyondItsForce(Refusal):
    """A unit wanted to raise the force of a case above what it carries itself."""

    status = 409
    says = marked("%(unit)s没有“%(needed)s”权限，不能自行升级处置方式。")
    remedy = marked("请办理“请求升级力量”，由派遣员改派有权限的单位（如%(suitable)s）；这不计作退单。")


class ForceAtHand(Refusal):
    """A unit asked for a force that it carries itself: that would be a way to be rid of the case."""

    status = 409
    says = marked("%(unit)s自身有“%(needed)s”权限，无须请求升级力量。")
    remedy = marked("请办理“升级处置方式”，由本单位有权限的岗位继续处置。")


class ForceNotRaised(Refusal):
    """The way of handling was to change to one that is no stronger."""

    status = 422
    says = marked("案件现以“%(now)s”方式处置，不能改为“%(to)s”。")
    remedy = marked("处置方式只能由服务到管理、由管理到执法逐步升级。")


class WarningMissing(Refusal):
    """Enforcement without the warning talk that the class demands before it."""

    status = 409
    says = marked("此类事项执法之前须先劝诫谈话，本案还没有记录。")
    remedy = marked("请先办理“劝诫谈话”，写明地点或事由、谈话内容和结果。")


class BeyondThePostsForce(Refusal):
    """Somebody wanted to settle on the spot what their post may not be asked to do."""

    status = 403
    says = marked("此类事项须以“%(needed)s”方式处置，您的岗位不能自行处置。")
    remedy = marked("请只上报，由分中心派给有权限的单位。")


def stronger_than(force: str) -> tuple[Force, ...]:
    """The kinds of force above `force`, mildest first."""
    return tuple(kind for kind in Force if strength(kind) > strength(force))


def is_enforcement(force: str) -> bool:
    """Whether a step at this force must name who enforces and which unit answers for it."""
    return covers(force, Force.ENFORCEMENT)


def force_word(force: str) -> str:
    """The kind of force in words; a dash for none."""
    return FORCE_WORDS[Force(force)] if force in set(Force) else "—"
