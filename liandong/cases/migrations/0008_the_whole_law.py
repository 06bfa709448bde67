"""Hops, applications, supervision and the rest of the law; what is open is carried over.

Clocks are wound so that the sweep finds them again. A running clock to receive goes beside its lead assignment.
"""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

CARRY_OVER = """
SET CONSTRAINTS ALL IMMEDIATE;
UPDATE cases_assignment SET part = CASE WHEN is_lead THEN 'lead' ELSE 'assist' END;
UPDATE cases_clock SET wake_at = due_at, rung = 1 WHERE stopped_at IS NULL AND overdue_at IS NULL;
UPDATE cases_clock SET assignment_id = lead.id FROM cases_assignment AS lead
    WHERE lead.case_id = cases_clock.case_id AND lead.is_lead AND lead.ended_at IS NULL
    AND cases_clock.kind = 'receive' AND cases_clock.stopped_at IS NULL;
ALTER TABLE cases_case DISABLE TRIGGER a_changed_case_is_told_of;
UPDATE cases_case SET involved = assisting WHERE assisting <> '{}';
ALTER TABLE cases_case ENABLE TRIGGER a_changed_case_is_told_of;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0007_policies"),
    ]

    operations = [
        migrations.CreateModel(
            name="Application",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=16)),
                ("asked_unit", models.CharField(blank=True, default="", max_length=40)),
                ("asked_by", models.CharField(max_length=80)),
                ("asked_at", models.DateTimeField()),
                ("reason", models.TextField()),
                ("amount", models.DecimalField(decimal_places=2, max_digits=8, null=True)),
                ("time_unit", models.CharField(blank=True, default="", max_length=16)),
                ("state", models.CharField(default="asked", max_length=10)),
                ("answered_by", models.CharField(blank=True, default="", max_length=80)),
                ("answered_at", models.DateTimeField(null=True)),
                ("answer", models.TextField(blank=True, default="")),
            ],
        ),
        migrations.CreateModel(
            name="ClockMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("by", models.CharField(max_length=24)),
                ("since_at", models.DateTimeField(null=True)),
                ("at", models.DateTimeField()),
                ("before", models.DateTimeField()),
                ("after", models.DateTimeField()),
                ("amount", models.DecimalField(decimal_places=2, max_digits=8, null=True)),
                ("unit", models.CharField(blank=True, default="", max_length=16)),
                ("reason", models.CharField(blank=True, default="", max_length=400)),
            ],
        ),
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("unit", models.CharField(max_length=40)),
                ("due_on", models.DateField()),
                ("done_at", models.DateTimeField(null=True)),
                ("done_by", models.CharField(blank=True, default="", max_length=80)),
                ("is_relapse", models.BooleanField(default=False)),
                ("finding", models.TextField(blank=True, default="")),
            ],
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=12)),
                ("text", models.TextField()),
                ("by", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
                ("is_reporters", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="OutsideTask",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("firm", models.CharField(max_length=80)),
                ("task", models.TextField()),
                ("token_hash", models.BinaryField(max_length=32, unique=True)),
                ("made_by", models.CharField(max_length=80)),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("received_at", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("report", models.TextField(blank=True, default="")),
                ("revoked_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Supervision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("level", models.SmallIntegerField()),
                ("is_manual", models.BooleanField(default=False)),
                ("unit", models.CharField(blank=True, default="", max_length=40)),
                ("clock_kind", models.CharField(blank=True, default="", max_length=16)),
                ("text", models.TextField(blank=True, default="")),
                ("made_by", models.CharField(max_length=80)),
                ("made_at", models.DateTimeField()),
                ("reply", models.TextField(blank=True, default="")),
                ("replied_by", models.CharField(blank=True, default="", max_length=80)),
                ("replied_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="assignment",
            name="a_case_has_one_lead_unit",
        ),
        migrations.RemoveConstraint(
            model_name="case",
            name="a_case_is_at_a_known_stage",
        ),
        migrations.RemoveConstraint(
            model_name="case",
            name="a_case_has_ended_exactly_when_its_stage_says_so",
        ),
        migrations.RemoveConstraint(
            model_name="clock",
            name="a_clock_is_of_a_known_kind",
        ),
        migrations.RemoveConstraint(
            model_name="clock",
            name="one_clock_of_a_kind_runs_at_a_time",
        ),
        migrations.RemoveIndex(
            model_name="case",
            name="open_cases_by_assistant",
        ),
        migrations.RemoveIndex(
            model_name="case",
            name="cases_by_assistant",
        ),
        migrations.RemoveIndex(
            model_name="clock",
            name="clocks_that_can_still_fall_due",
        ),
        migrations.AddField(
            model_name="assignment",
            name="acknowledged_by",
            field=models.CharField(blank=True, default="", max_length=80),
        ),
        migrations.AddField(
            model_name="assignment",
            name="ended_by",
            field=models.CharField(blank=True, default="", max_length=24),
        ),
        migrations.AddField(
            model_name="assignment",
            name="parent",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="below",
                to="cases.assignment",
            ),
        ),
        migrations.AddField(
            model_name="assignment",
            name="part",
            field=models.CharField(default="lead", max_length=8),
        ),
        migrations.AddField(
            model_name="assignment",
            name="result",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="case",
            name="awaits_ruling",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="case",
            name="coordination",
            field=models.CharField(blank=True, default="", max_length=10),
        ),
        migrations.AddField(
            model_name="case",
            name="disputes",
            field=models.SmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="case",
            name="extensions",
            field=models.SmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="case",
            name="involved",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="is_ruled",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="case",
            name="merged_at_stage",
            field=models.CharField(blank=True, default="", max_length=12),
        ),
        migrations.AddField(
            model_name="case",
            name="merged_into",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="cases.case",
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="parent",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="parts",
                to="cases.case",
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="rating",
            field=models.SmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="review_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="split_into",
            field=models.SmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="case",
            name="supervised",
            field=models.SmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="case",
            name="suspended_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="suspended_for",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.AddField(
            model_name="case",
            name="took_in",
            field=models.SmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="case",
            name="urges",
            field=models.SmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="case",
            name="verdict",
            field=models.CharField(blank=True, default="", max_length=8),
        ),
        migrations.AddField(
            model_name="case",
            name="wake_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="withdrawn_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="clock",
            name="assignment",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="clocks",
                to="cases.assignment",
            ),
        ),
        migrations.AddField(
            model_name="clock",
            name="paused_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="clock",
            name="rung",
            field=models.SmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="clock",
            name="wake_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="clock",
            name="kind",
            field=models.CharField(max_length=16),
        ),
        migrations.AlterField(
            model_name="clock",
            name="stopped_by",
            field=models.CharField(blank=True, default="", max_length=24),
        ),
        migrations.AddField(
            model_name="case",
            name="asks",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=12), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="to_reply",
            field=models.SmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="case",
            name="visits_left",
            field=models.SmallIntegerField(default=0),
        ),
        migrations.RunSQL(CARRY_OVER, migrations.RunSQL.noop),
        migrations.RemoveField(
            model_name="assignment",
            name="is_lead",
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("asks", []), _negated=True),
                fields=["district", "due_at", "id"],
                name="cases_that_ask",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("ended_at__isnull", True), models.Q(("involved", []), _negated=True)),
                fields=["involved"],
                name="open_cases_by_involved",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("involved", []), _negated=True), fields=["involved"], name="cases_by_involved"
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("wake_on__isnull", False)), fields=["wake_on"], name="suspended_cases"
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("parent__isnull", False)), fields=["parent"], name="parts_of_a_case"
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)), fields=["merged_into"], name="cases_merged_into"
            ),
        ),
        migrations.AddIndex(
            model_name="clock",
            index=models.Index(
                condition=models.Q(("wake_at__isnull", False)),
                fields=["wake_at", "id"],
                name="clocks_that_wake_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(("part__in", ["lead", "assist", "told"])), name="an_assignment_has_a_known_part"
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True), ("parent__isnull", True), ("part", "lead")),
                fields=("case",),
                name="a_case_has_one_lead_unit",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True), ("parent__isnull", False)),
                fields=("parent",),
                name="what_is_handed_down_has_one_holder",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)), fields=("case", "unit"), name="a_unit_has_a_case_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "stage__in",
                        [
                            "reported",
                            "accepted",
                            "verified",
                            "refused",
                            "answered",
                            "filed",
                            "declined",
                            "dispatched",
                            "received",
                            "on_scene",
                            "handled",
                            "closed",
                            "merged",
                            "withdrawn",
                            "void",
                        ],
                    )
                ),
                name="a_case_is_at_a_known_stage",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("stage__in", ["refused", "answered", "declined", "closed", "withdrawn", "void"]),
                        ("ended_at__isnull", False),
                    ),
                    models.Q(
                        models.Q(
                            ("stage__in", ["refused", "answered", "declined", "closed", "withdrawn", "void"]),
                            _negated=True,
                        ),
                        ("ended_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="a_case_has_ended_exactly_when_its_stage_says_so",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("stage", "merged"),
                        ("merged_into__isnull", False),
                        models.Q(("merged_at_stage", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("stage", "merged"), _negated=True),
                        ("merged_at_stage", ""),
                        models.Q(("merged_into__isnull", True), ("stage__in", ["closed", "void"]), _connector="OR"),
                    ),
                    _connector="OR",
                ),
                name="a_merged_case_says_into_which",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(("merged_into", models.F("id")), _negated=True),
                name="a_case_is_never_merged_into_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(("parent", models.F("id")), _negated=True), name="a_case_is_never_part_of_itself"
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("suspended_at__isnull", True), ("wake_on__isnull", True)),
                    models.Q(
                        ("suspended_at__isnull", False),
                        ("wake_on__isnull", False),
                        models.Q(("suspended_for", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="a_suspended_case_says_what_for_and_until_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(("rating__isnull", True), ("rating__range", (1, 5)), _connector="OR"),
                name="a_rating_is_one_to_five",
            ),
        ),
        migrations.AddConstraint(
            model_name="clock",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "accept",
                            "verify",
                            "file",
                            "dispatch",
                            "receive",
                            "contact",
                            "arrive",
                            "hop",
                            "handle",
                            "check",
                            "call_back",
                            "coordination",
                            "supervision",
                        ],
                    )
                ),
                name="a_clock_is_of_a_known_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="clock",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("wake_at__isnull", True),
                    models.Q(("paused_at__isnull", True), ("stopped_at__isnull", True)),
                    _connector="OR",
                ),
                name="only_a_running_clock_wakes_anybody",
            ),
        ),
        migrations.AddConstraint(
            model_name="clock",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("assignment__isnull", True),
                    ("stopped_at__isnull", True),
                    models.Q(("kind", "supervision"), _negated=True),
                ),
                fields=("case", "kind"),
                name="one_clock_of_a_kind_runs_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="clock",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("assignment__isnull", False),
                    ("stopped_at__isnull", True),
                    models.Q(("kind", "supervision"), _negated=True),
                ),
                fields=("assignment", "kind"),
                name="one_clock_of_a_kind_runs_for_an_assignment",
            ),
        ),
        migrations.AddField(
            model_name="application",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="applications", to="cases.case"
            ),
        ),
        migrations.AddField(
            model_name="clockmove",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="clock_moves", to="cases.case"
            ),
        ),
        migrations.AddField(
            model_name="clockmove",
            name="clock",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="moves", to="cases.clock"
            ),
        ),
        migrations.AddField(
            model_name="followup",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="follow_ups", to="cases.case"
            ),
        ),
        migrations.AddField(
            model_name="note",
            name="case",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="cases.case"),
        ),
        migrations.AddField(
            model_name="outsidetask",
            name="assignment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="outside_tasks", to="cases.assignment"
            ),
        ),
        migrations.AddField(
            model_name="outsidetask",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="outside_tasks", to="cases.case"
            ),
        ),
        migrations.AddField(
            model_name="supervision",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="supervisions", to="cases.case"
            ),
        ),
        migrations.AddField(
            model_name="supervision",
            name="reply_clock",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="cases.clock",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["extension", "coordination", "appeal"])),
                name="an_application_asks_for_a_known_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answered_at__isnull", True), ("state", "asked")),
                    models.Q(("answered_at__isnull", False), ("state__in", ["granted", "refused", "lapsed"])),
                    _connector="OR",
                ),
                name="an_answered_application_says_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "asked")),
                fields=("case", "kind"),
                name="one_application_of_a_kind_waits_at_a_time",
            ),
        ),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(
                condition=models.Q(("done_at__isnull", True)), fields=["unit", "due_on"], name="visits_still_to_be_made"
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.UniqueConstraint(fields=("case", "due_on"), name="one_visit_is_promised_for_a_day"),
        ),
        migrations.AddIndex(
            model_name="supervision",
            index=models.Index(fields=["case", "id"], name="supervisions_of_a_case"),
        ),
        migrations.AddConstraint(
            model_name="supervision",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__range", (1, 3))), name="supervision_has_three_levels"
            ),
        ),
    ]
