"""Joined reports, recurrences, problems, replies, and the indexes that find cases near a point.

The indexes are core GiST, no extension, and kept in SQL, for `point(lon, lat)` is no column. Open and ended cases have
one each: what is asked while typing reads open ones only, a recurrence ended ones only.
"""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

CREATE = """
CREATE INDEX open_cases_by_point ON cases_case USING gist (point(lon, lat))
    WHERE ended_at IS NULL AND lon IS NOT NULL;
CREATE INDEX ended_cases_by_point ON cases_case USING gist (point(lon, lat))
    WHERE ended_at IS NOT NULL AND lon IS NOT NULL;
CREATE INDEX open_cases_of_an_area_by_report ON cases_case (area, reported_at DESC, id DESC) WHERE ended_at IS NULL;
CREATE INDEX ended_cases_of_a_class_and_area ON cases_case (area, class_code, ended_at DESC)
    WHERE ended_at IS NOT NULL;
CREATE INDEX cases_without_a_point ON cases_case (area, reported_at DESC, id DESC) WHERE lon IS NULL;
CREATE INDEX cases_that_satisfied ON cases_case (district, class_code, ended_at DESC)
    WHERE ended_at IS NOT NULL AND satisfaction >= 4 AND answer <> '';
"""

DROP = """
DROP INDEX open_cases_by_point;
DROP INDEX ended_cases_by_point;
DROP INDEX open_cases_of_an_area_by_report;
DROP INDEX ended_cases_of_a_class_and_area;
DROP INDEX cases_without_a_point;
DROP INDEX cases_that_satisfied;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0009_dated_limits_and_forgetting"),
    ]

    operations = [
        migrations.RunSQL(CREATE, DROP),
        migrations.CreateModel(
            name="Problem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("district", models.CharField(max_length=6)),
                ("title", models.CharField(max_length=80)),
                ("description", models.TextField(blank=True, default="")),
                ("class_code", models.CharField(max_length=10)),
                ("area", models.CharField(max_length=15)),
                ("address", models.CharField(blank=True, default="", max_length=200)),
                ("lon", models.FloatField(null=True)),
                ("lat", models.FloatField(null=True)),
                ("owner_unit", models.CharField(max_length=40)),
                ("state", models.CharField(default="open", max_length=8)),
                ("version", models.IntegerField(default=1)),
                ("opened_by", models.CharField(max_length=80)),
                ("opened_at", models.DateTimeField()),
                ("solved_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["district", "state", "id"], name="problems_by_state"),
                    models.Index(fields=["owner_unit", "id"], name="problems_by_owner"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "solved"])), name="a_problem_is_open_or_solved"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("solved_at__isnull", False), ("state", "solved")),
                            models.Q(("solved_at__isnull", True), ("state", "open")),
                            _connector="OR",
                        ),
                        name="a_problem_is_solved_at_an_instant",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReplyTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("district", models.CharField(max_length=6)),
                ("class_prefix", models.CharField(blank=True, default="", max_length=10)),
                ("step", models.CharField(max_length=16)),
                ("title", models.CharField(max_length=60)),
                ("text", models.TextField()),
                ("version", models.IntegerField(default=1)),
                ("is_retired", models.BooleanField(default=False)),
                ("written_by", models.CharField(max_length=80)),
                ("written_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_retired", False)),
                        fields=("district", "class_prefix", "step", "title"),
                        name="a_reply_has_its_own_title_in_its_class_and_step",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseRecurrence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("district", models.CharField(max_length=6)),
                ("kind", models.CharField(max_length=8)),
                ("class_code", models.CharField(max_length=10)),
                ("area", models.CharField(max_length=15)),
                ("days", models.IntegerField()),
                ("linked_by", models.CharField(max_length=80)),
                ("linked_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="came_back_from", to="cases.case"
                    ),
                ),
                (
                    "of",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="came_back_as", to="cases.case"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["case", "id"], name="recurrences_by_case"),
                    models.Index(fields=["of", "id"], name="recurrences_by_first_case"),
                    models.Index(fields=["district", "linked_at", "id"], name="recurrences_by_day"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "new"), models.Q(("case", models.F("of")), _negated=True)),
                            models.Q(("kind", "reopen"), ("case", models.F("of"))),
                            _connector="OR",
                        ),
                        name="what_came_back_is_a_new_case_or_the_old_one",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "new")),
                        fields=("case", "of"),
                        name="a_case_came_back_from_another_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="JoinedReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=32, unique=True)),
                ("channel", models.CharField(max_length=24)),
                ("identity", models.CharField(max_length=12)),
                ("note", models.TextField(blank=True, default="")),
                ("has_phone", models.BooleanField(default=False)),
                ("wrapped_key", models.BinaryField(null=True)),
                ("sealed", models.BinaryField(null=True)),
                ("phone_hash", models.BinaryField(max_length=32, null=True)),
                ("tail_hash", models.BinaryField(max_length=32, null=True)),
                ("joined_by", models.CharField(max_length=80)),
                ("joined_at", models.DateTimeField()),
                ("call_attempts", models.SmallIntegerField(default=0)),
                ("called_at", models.DateTimeField(null=True)),
                ("is_reached", models.BooleanField(null=True)),
                ("is_solved", models.BooleanField(null=True)),
                ("satisfaction", models.SmallIntegerField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="joined", to="cases.case"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["case", "id"], name="joined_reports_of_a_case"),
                    models.Index(fields=["phone_hash"], name="joined_reports_by_phone"),
                    models.Index(fields=["tail_hash"], name="joined_reports_by_phone_tail"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("identity__in", ["named", "anonymous", "confidential"])),
                        name="a_joined_reporter_is_named_or_hidden",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("satisfaction__isnull", True), ("satisfaction__range", (1, 5)), _connector="OR"
                        ),
                        name="a_joined_reporter_is_satisfied_from_one_to_five",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProblemCase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(blank=True, default="", max_length=200)),
                ("linked_by", models.CharField(max_length=80)),
                ("linked_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="problems", to="cases.case"
                    ),
                ),
                (
                    "problem",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="links", to="cases.problem"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["case", "id"], name="problems_of_a_case")],
                "constraints": [
                    models.UniqueConstraint(fields=("problem", "case"), name="a_case_belongs_to_a_problem_once")
                ],
            },
        ),
    ]
