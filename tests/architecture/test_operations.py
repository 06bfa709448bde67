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
from liandong.cases.operations import steps
from liandong.cases.operations.lives import CHANGES
from liandong.cases.rules.workflow import STEPS
from liandong.kernel.refusal import Refusal
from liandong.project.roles import ACT_WORDS, ROLES
from tests.cases.paths import EVENTS, OPERATIONS

PACKAGE = Path(liandong.__file__).parent
TESTS = Path(__file__).parents[1]


def _public_operations() -> Iterator[tuple[str, FunctionType]]:
    for owner in ("cases", "areas", "people", "duty"):
        module = f"liandong.{owner}.operations"
        names = getattr(importlib.import_module(module), "__all__", None)
        for name, thing in vars(importlib.import_module(module)).items():
            is_its_own = isinstance(thing, FunctionType) and thing.__module__.startswith(module)
            if is_its_own and not name.startswith("_") and (names is None or name in names):
                yield f"{module}.{name}", thing


OPERATING = dict(_public_operations())
BY_THEMSELVES = {
    "liandong.people.operations.forget_old_drafts",  # the platform's housekeeping
    "liandong.cases.operations.forget_old_answers",  # the platform's housekeeping; nobody decides it
    "liandong.people.operations.record_sign_in",  # the account itself is who acts
    "liandong.people.operations.record_sign_out",
    "liandong.people.operations.record_refused_sign_in",  # nobody is in yet
    "liandong.people.operations.check_code",
    "liandong.people.operations.link_identity",
    "liandong.people.operations.choose_language",
    "liandong.people.operations.forget_ended_sessions",  # the platform's housekeeping
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
        assert f'step(number, "{code}"' in inspect.getsource(getattr(steps, OPERATIONS[code]))
        assert OPERATIONS[code] in operations.__all__
        assert CHANGES[code].__module__.startswith(changes.__name__)
        assert EVENTS[code] in vars(events)
    assert f"cases.{code}" in ACT_WORDS
    assert any(act.partition("@")[0] == f"cases.{code}" for role in ROLES.values() for act, _reach in role.acts)
    assert code.replace("_", "").isascii()
    assert code.replace("_", "").islower()
    assert (TESTS / "cases" / f"test_{code}.py").exists()


def test_no_operation_is_without_a_step_or_a_test() -> None:
    tested = "".join(file.read_text(encoding="utf-8") for file in TESTS.rglob("test_*.py"))
    tested += (TESTS / "world.py").read_text(encoding="utf-8") + (TESTS / "cases" / "paths.py").read_text("utf-8")
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
        assert kind.status in {400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 428, 429, 500, 503}, kind
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
