"""The models and their migrations tell the same story."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import CheckConstraint, UniqueConstraint


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_constraint_has_a_sentence_for_a_name() -> None:
    for model in apps.get_models():
        if model.__module__.startswith("liandong."):
            for constraint in model._meta.constraints:
                assert isinstance(constraint, CheckConstraint | UniqueConstraint)
                assert constraint.name.count("_") >= 2, constraint.name
                assert len(constraint.name) <= 63, constraint.name


def test_no_model_orders_by_default_and_none_uses_signals() -> None:
    for model in apps.get_models():
        if model.__module__.startswith("liandong."):
            assert not model._meta.ordering, model
