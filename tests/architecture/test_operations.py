"""What imports cannot say about operations: their shape, and that every step has all its parts under one name."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType

import pytest

import liandong
from liandong.cases import changes, events, operations
from liandong.cases.operations.lives import CHANGES
from liandong.cases.rules.workflow import STEPS
from liandong.kernel.refusal import Refusal
from liandong.project.roles import ACT_WORDS, ROLES
from tests.cases.paths import EVENTS, OPERATIONS

PACKAGE = Path(liandong.__file__).parent
TESTS = Path(__file__).parents[1]


def _public_operations() -> Iterator[tuple[str, FunctionType]]:
    owners = ("cases", "areas", "people", "duty", "notify", "citizen", "citizen.publishing")
    for owner in (*owners, "intake_channels", "intake_channels.hotline", "exchange", "livemap"):
        module = f"liandong.{owner}.operations"
        names = getattr(importlib.import_module(module), "__all__", None)
        for name, thing in vars(importlib.import_module(module)).items():
            is_its_own = isinstance(thing, FunctionType) and thing.__module__.startswith(module)
            if is_its_own and not name.startswith("_") and (names is None or name in names):
                yield f"{module}.{name}", thing


OPERATING = dict(_public_operations())
BESIDE_OTHERS = {"merge", "unmerge", "split", "follow_up", "pass_out"}
"""Steps in which other cases, promised visits or links have part: no life in bulk takes them."""
TESTED_WITH = {
    **dict.fromkeys(("dispatch_by_phone", "file_afterwards"), "phone_dispatch"),
    **dict.fromkeys(("request_coordination", "accept_coordination", "decline_coordination"), "coordination"),
    **dict.fromkeys(("request_extension", "grant_extension", "refuse_extension"), "extension"),
    **dict.fromkeys(("urge", "add_note", "withdraw", "rate", "dispute", "refuse_dispute"), "reporters_acts"),
    **dict.fromkeys(("advise", "assist", "follow_up"), "station_acts"),
    **dict.fromkeys(("reply_supervision", "lift_overdue"), "supervise"),
    "excuse_assistant": "assisting",
    "resume": "suspend",
    "unmerge": "merge",
}
"""Steps that are tested in one file with those they answer."""
BY_THEMSELVES = {
    "liandong.cases.operations.firm_acts",  # whoever holds the link
    "liandong.cases.operations.firm_adds_photo",
    "liandong.people.operations.forget_old_drafts",  # the platform's housekeeping
    "liandong.cases.operations.forget_old_answers",  # the platform's housekeeping; nobody decides it
    "liandong.cases.operations.count_terms",
    "liandong.livemap.operations.merge_counts",
    "liandong.livemap.operations.recount",
    "liandong.cases.operations.forget_old_exports",
    "liandong.people.operations.record_sign_in",  # the account itself is who acts
    "liandong.people.operations.record_sign_out",
    "liandong.people.operations.record_refused_sign_in",  # nobody is in yet
    "liandong.people.operations.check_code",
    "liandong.people.operations.link_identity",
    "liandong.people.operations.choose_language",
    "liandong.people.operations.forget_ended_sessions",  # the platform's housekeeping
    "liandong.notify.operations.forget_old_words",  # the platform's housekeeping
    "liandong.notify.operations.claim_messages",  # the platform's own sender, for whoever caused the message
    "liandong.notify.operations.hand_over",
    "liandong.notify.operations.settle",
    "liandong.notify.operations.take_up_abandoned",
    "liandong.notify.operations.questions_due",
    "liandong.notify.operations.settle_question",
    "liandong.notify.operations.readdress_stranded",
    "liandong.notify.operations.take_report",  # the gateway says it; its signature was checked
    "liandong.citizen.operations.ask_for_code",  # citizens have no account: whoever asks
    "liandong.citizen.operations.use_code",
    "liandong.citizen.operations.send_report",
    "liandong.citizen.operations.join_report",
    "liandong.citizen.operations.spend",
    "liandong.citizen.operations.forget_what_is_over",  # the platform's housekeeping
    "liandong.intake_channels.operations.forget_old_arrivals",  # the platform's housekeeping
    "liandong.intake_channels.operations.tell_channels",  # the platform's own follower and sender
    "liandong.intake_channels.operations.claim_departures",
    "liandong.intake_channels.operations.let_go",
    "liandong.intake_channels.operations.settle_departure",
    "liandong.intake_channels.operations.take_up_left",
    "liandong.intake_channels.operations.departures_to_ask",
    "liandong.intake_channels.operations.settle_asked",
    "liandong.intake_channels.hotline.operations.take_call_event",  # the exchange says it; its signature was checked
    "liandong.intake_channels.hotline.operations.count_refused_event",
    "liandong.intake_channels.hotline.operations.close_silent_calls",  # the platform's housekeeping
    "liandong.intake_channels.hotline.operations.forget_callers",
    "liandong.intake_channels.hotline.operations.forget_refusals",
    "liandong.intake_channels.hotline.operations.remind_of_hand_overs",
    "liandong.exchange.operations.queue_deliveries",  # the platform's own couriers, for whoever is told
    "liandong.exchange.operations.claim_webhook",
    "liandong.exchange.operations.renew_claim",
    "liandong.exchange.operations.release_webhook",
    "liandong.exchange.operations.withhold_delivery",
    "liandong.exchange.operations.settle_delivery",
    "liandong.exchange.operations.forget_old_deliveries",  # the platform's housekeeping
    "liandong.exchange.operations.take_calls",  # the key itself is who calls
}
NOT_WRITING = {
    "liandong.people.operations.keep_an_administrator",  # asks; those who call it write
    "liandong.people.operations.departure_of",
    "liandong.cases.operations.live_through",  # lives a case in memory
    "liandong.cases.operations.record_lives",  # each life carries its own times and people
    "liandong.areas.operations.touch_district",  # part of a load that is on the record itself
    "liandong.duty.operations.roster_row",  # reads a row
    "liandong.duty.operations.preview_of",  # shows a plan before anybody follows it
}
WRITING = sorted(name for name in OPERATING.keys() - NOT_WRITING if not name.endswith("_faults"))


def test_there_are_operations() -> None:
    assert len(OPERATING) > 25


@pytest.mark.parametrize("name", WRITING)
def test_an_operation_says_what_it_does_takes_who_and_when_and_is_keyword_only_after_its_subject(name: str) -> None:
    operation = OPERATING[name]
    parameters = inspect.signature(operation).parameters
    assert inspect.getdoc(operation), "has no docstring"
    at = parameters["at"]
    assert (at.kind, at.annotation, at.default) == (at.KEYWORD_ONLY, "datetime", at.empty)
    if name not in BY_THEMSELVES:
        actor = parameters["actor"]
        assert (actor.kind, actor.annotation, actor.default) == (actor.KEYWORD_ONLY, "Actor", actor.empty)
    positional = [p for p in parameters.values() if p.kind is not p.KEYWORD_ONLY]
    assert len(positional) <= (4 if ".load_" in name else 1), [p.name for p in positional]
    assert "now" not in parameters


@pytest.mark.parametrize("code", list(STEPS))
def test_every_step_has_operation_change_permission_event_word_and_test(code: str) -> None:
    if code != "report":
        assert f'step(number, "{code}"' in inspect.getsource(getattr(operations, OPERATIONS[code]))
        assert OPERATIONS[code] in operations.__all__
        assert code in BESIDE_OTHERS or CHANGES[code].__module__.startswith(changes.__name__)
        assert EVENTS[code] in vars(events)
    assert f"cases.{code}" in ACT_WORDS
    assert any(act.partition("@")[0] == f"cases.{code}" for role in ROLES.values() for act, _reach in role.acts)
    assert code.replace("_", "").isascii()
    assert code.replace("_", "").islower()
    assert (TESTS / "cases" / f"test_{TESTED_WITH.get(code, code)}.py").exists()


def test_no_operation_is_without_a_step_or_a_test() -> None:
    tested = "".join(file.read_text(encoding="utf-8") for file in TESTS.rglob("test_*.py"))
    told = [TESTS / "world.py", *(TESTS / "cases" / "paths").glob("*.py")]
    tested += "".join(file.read_text(encoding="utf-8") for file in told)
    for name in OPERATING:
        assert name.rpartition(".")[2] in tested, name


def _refusals(kind: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    for below in kind.__subclasses__():
        yield below
        yield from _refusals(below)


def test_every_refusal_says_what_and_what_to_do_with_a_status_of_its_own() -> None:
    for file in PACKAGE.rglob("*.py"):
        if "class " in file.read_text(encoding="utf-8") and "Refusal" in file.read_text(encoding="utf-8"):
            dotted = ".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts)
            importlib.import_module(dotted.removesuffix(".__init__"))
    ours = [kind for kind in _refusals() if kind.__module__.startswith("liandong.") and not kind.__subclasses__()]
    assert len(ours) > 25
    for kind in ours:
        assert kind.says, kind
        assert kind.remedy, kind
        assert kind.says != Refusal.says, kind
        assert kind.status in {400, 401, 403, 404, 405, 409, 410, 412, 413, 415, 422, 428, 429, 500, 503}, kind
        assert kind.__doc__, kind
    names = sorted((kind.__module__.split(".")[1], kind.__name__) for kind in ours)
    assert [name for name in names if names.count(name) > 1] == [], "programs tell refusals apart by name"


def test_events_are_frozen_and_hold_no_clock_of_their_own() -> None:
    for name, kind in vars(events).items():
        if inspect.isclass(kind) and kind.__module__ == events.__name__:
            assert kind.__dataclass_params__.frozen, name
            assert "at" not in kind.__dataclass_fields__, name


def test_steps_are_written_in_one_place_only() -> None:
    for file in (PACKAGE / "cases").rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            is_stage = isinstance(node, ast.Attribute) and node.attr == "stage" and isinstance(node.ctx, ast.Store)
            assert not is_stage or file.name == "docket.py", f"{file}:{getattr(node, 'lineno', 0)} sets a stage"
