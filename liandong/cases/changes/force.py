"""The force of a case: who acts with it and which unit answers, the warning before it, the way to a stronger one."""

from __future__ import annotations

from collections.abc import Sequence

from liandong.cases.changes.intake import UnknownWord, reason_for
from liandong.cases.changes.suggesting import suggest_unit, suitable_units
from liandong.cases.docket import Docket
from liandong.cases.events import CaseForceAsked, CaseForceRaised, CaseWarned
from liandong.cases.rulebook import UnitFacts
from liandong.cases.rules.force import (
    NOBODY_PRESENT,
    NOBODY_SUITABLE,
    BeyondItsForce,
    ForceAtHand,
    ForceMissing,
    ForceNotRaised,
    ForceTooWeak,
    WarningMissing,
    force_word,
    is_enforcement,
    stronger_than,
)
from liandong.cases.rules.redaction import remark
from liandong.cases.rules.words import ClockKind, Force
from liandong.people.hands import Hand
from liandong.people.rules.force import covers, strength

JOINT = "joint"


def raise_force(docket: Docket, *, to: str, reason: str, enforcer: str = "") -> None:
    """From service to management, or on to enforcement: the milder means did not suffice, and why.

    :raises UnknownWord: there is no such force
    :raises ForceNotRaised: it is no stronger than what the case is met with already
    :raises BeyondItsForce: the unit that holds the case carries less
    :raises ForceMissing: the unit does, but not this post
    :raises WarningMissing: enforcement without the warning talk the class demands
    """
    case = docket.case
    said = reason_for(docket, reason)
    _require_force(docket, to, among=stronger_than(case.force))
    unit = docket.rulebook.unit(case.unit)
    if not covers(force_of(docket, unit), to):
        suitable = suitable_units(case, docket.rulebook, force=to, at=docket.at)
        raise BeyondItsForce(unit=unit.name, needed=force_word(to), suitable="、".join(suitable) or NOBODY_SUITABLE)
    hand = hand_that_acts(docket, needed=to, enforcer=enforcer)
    require_warning(docket, to)
    docket.advance()
    before, case.force = case.force, to
    named = note_enforcer(docket, hand)
    suggest_unit(case, docket.rulebook, at=docket.at)
    docket.record(CaseForceRaised(case.unit, before, to, said, *named))


def ask_for_force(docket: Docket, *, to: str, reason: str) -> None:
    """The unit did what it may, which did not suffice: the case goes back to be sent to a unit that may do more.

    No return: the unit was the right one, no return is counted, no window for it closes. The clocks of handling run on
    (捆绑时限). As force only rises, a case comes back this way at most twice.

    :raises UnknownWord: there is no such force
    :raises ForceNotRaised: it is milder than what the case is met with already
    :raises ForceMissing: this post may not even do what the unit may
    :raises ForceAtHand: the unit carries that force itself
    :raises WarningMissing: enforcement without the warning talk the class demands
    """
    case = docket.case
    said = reason_for(docket, reason)
    unit = docket.rulebook.unit(case.unit)
    carried = force_of(docket, unit)
    # A unit that has become too weak for the case as it stands may ask for just that.
    _require_force(docket, to, among=(*stronger_than(case.force), case.force))
    hand_that_acts(docket, needed=min(case.force, carried, key=strength))
    if covers(carried, to):
        raise ForceAtHand(unit=unit.name, needed=force_word(to))
    require_warning(docket, to)
    docket.advance()
    docket.end_assignments(by="ask_for_force")
    docket.place_work()
    before, case.force = case.force, to
    docket.start(ClockKind.DISPATCH)
    suggest_unit(case, docket.rulebook, at=docket.at)
    docket.record(CaseForceAsked(unit.code, before, to, said))


def warn_in_case(docket: Docket, *, matter: str, reason: str, outcome: str = "") -> None:
    """A warning talk: `matter` is the place or thing it was about, `reason` what was said. Nobody is named."""
    said = reason_for(docket, reason)
    about = reason_for(docket, matter)
    docket.advance()
    docket.record(CaseWarned(docket.case.unit, remark(about, longest=200), said, remark(outcome)))


def force_of(docket: Docket, unit: UnitFacts) -> str:
    """The force a unit can bring: its own, and of a joint team that of its strongest member today."""
    if unit.kind != JOINT:
        return unit.force
    return max((hand.force for hand in docket.hands(unit.code)), key=strength, default=unit.force)


def require_strength(docket: Docket, unit: UnitFacts) -> None:
    """Return when a unit may hold the case.

    :raises ForceTooWeak: it carries less force than the case must be met with
    """
    case = docket.case
    carried = force_of(docket, unit)
    if not covers(carried, case.force):
        suitable = suitable_units(case, docket.rulebook, force=case.force, at=docket.at)
        raise ForceTooWeak(
            unit=unit.name,
            force=force_word(carried),
            needed=force_word(case.force),
            suitable="、".join(suitable) or NOBODY_SUITABLE,
        )


def hand_that_acts(docket: Docket, *, needed: str, enforcer: str = "") -> Hand:
    """Whose force a handling step rests on: the actor's, or for enforcement by a team the colleague they name.

    Whoever handles from outside every unit of the case is the platform or an interface: it passes on what the unit
    did, with the unit's force, and names nobody.

    :raises ForceMissing: no post of theirs in the holding unit carries `needed`, or the one named does not
    """
    actor, unit = docket.actor, docket.rulebook.unit(docket.case.unit)
    mine = [post for post in actor.posts if post.unit == unit.code]
    if mine:
        best = max(mine, key=lambda post: strength(post.force))
        own = Hand(actor.key, actor.name, best.home or best.unit, best.force)
    elif actor.units & set(docket.case.assisting):
        own = Hand(actor.key, actor.name, "", "")
    else:
        own = Hand("", "", "" if unit.kind == JOINT else unit.code, force_of(docket, unit))
    if not covers(own.force, needed):
        raise _missing(docket, unit, needed)
    is_named = is_enforcement(needed) and enforcer not in ("", own.key)
    if is_named:
        named = next((hand for hand in docket.hands(unit.code) if hand.key == enforcer), None)
        if named is None or not covers(named.force, needed):
            raise _missing(docket, unit, needed)
        return named
    if is_enforcement(needed) and not own.home and "platform" not in actor.role_codes:
        raise _missing(docket, unit, needed)  # An interface hands in for a joint team: it must say who enforced.
    return own


def note_enforcer(docket: Docket, hand: Hand) -> tuple[str, str]:
    """Note on the assignment who enforces and which unit answers for it; return both. Empty below enforcement."""
    if not is_enforcement(docket.case.force):
        return "", ""
    lead = docket.lead()
    lead.enforcer, lead.answers_for = hand.key, hand.home
    docket.touch(lead)
    return hand.key, hand.home


def require_warning(docket: Docket, force: str) -> None:
    """Return when the class demands no warning talk before `force`, or there was one.

    :raises WarningMissing: otherwise
    """
    kind = docket.rulebook.classes.get(docket.case.class_code)
    if kind is not None and kind.warn_first and is_enforcement(force) and not docket.has_happened(CaseWarned):
        raise WarningMissing


def _require_force(docket: Docket, to: str, *, among: Sequence[str]) -> None:
    if to not in set(Force):
        raise UnknownWord(value=to, field="to", known="、".join(Force))
    if to not in among:
        raise ForceNotRaised(now=force_word(docket.case.force), to=force_word(to))


def _missing(docket: Docket, unit: UnitFacts, needed: str) -> ForceMissing:
    able = [hand for hand in docket.hands(unit.code) if covers(hand.force, needed)]
    names = (f"{hand.name}（{docket.rulebook.unit(hand.home).name}）" for hand in able)
    return ForceMissing(unit=unit.name, needed=force_word(needed), who="、".join(names) or NOBODY_PRESENT)
