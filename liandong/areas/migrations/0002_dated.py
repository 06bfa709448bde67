"""Areas and outlines get their days: what was drawn so far holds since ever; plans redraw from a day on.

The outlines move to a table of their own, and roads and patrols get grids that lie over the areas.
"""

import django.db.models.deletion
from django.db import migrations, models

# Deferred checks would still be waiting when the columns are dropped.
_TO_OUTLINES = """
INSERT INTO areas_outline (area_id, since_on, geometry, approximate)
    SELECT code, '1900-01-01', outline, approximate FROM areas_area WHERE outline IS NOT NULL;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""

_BACK_TO_AREAS = """
UPDATE areas_area SET outline = newest.geometry, approximate = newest.approximate
    FROM (SELECT DISTINCT ON (area_id) area_id, geometry, approximate FROM areas_outline
          ORDER BY area_id, since_on DESC) AS newest
    WHERE newest.area_id = code;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("areas", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Outline",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since_on", models.DateField()),
                ("geometry", models.JSONField()),
                ("approximate", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="Overlay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("layer", models.CharField(choices=[("road", "道路网格"), ("patrol", "巡查网格")], max_length=8)),
                ("code", models.CharField(max_length=24)),
                ("name", models.CharField(max_length=80)),
                ("name_en", models.CharField(blank=True, max_length=120)),
                ("area", models.CharField(max_length=15)),
                ("outline", models.JSONField()),
                ("since_on", models.DateField()),
                ("until_on", models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Redrawing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("area", models.CharField(max_length=15)),
                ("title", models.CharField(max_length=80)),
                ("effective_on", models.DateField()),
                ("steps", models.JSONField(default=list)),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "草案"), ("adopted", "已批准"), ("dropped", "已撤销")],
                        default="draft",
                        max_length=8,
                    ),
                ),
                ("made_by", models.CharField(max_length=80)),
                ("made_at", models.DateTimeField()),
                ("adopted_by", models.CharField(blank=True, default="", max_length=80)),
                ("adopted_at", models.DateTimeField(null=True)),
                ("recoding", models.JSONField(default=list)),
                ("names", models.JSONField(default=dict)),
                ("names_due_on", models.DateField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="area",
            name="since_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="area",
            name="until_on",
            field=models.DateField(null=True),
        ),
        migrations.AddConstraint(
            model_name="area",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("since_on__isnull", True),
                    ("until_on__isnull", True),
                    ("until_on__gte", models.F("since_on")),
                    _connector="OR",
                ),
                name="an_area_ends_after_it_begins",
            ),
        ),
        migrations.AddField(
            model_name="outline",
            name="area",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="outlines", to="areas.area"
            ),
        ),
        migrations.AddField(
            model_name="overlay",
            name="district",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="overlays", to="areas.district"
            ),
        ),
        migrations.AddField(
            model_name="redrawing",
            name="district",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="redrawings", to="areas.district"
            ),
        ),
        migrations.AddField(
            model_name="outline",
            name="redrawing",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="outlines", to="areas.redrawing"
            ),
        ),
        migrations.AddIndex(
            model_name="overlay",
            index=models.Index(fields=["district", "layer", "code"], name="overlays_by_code"),
        ),
        migrations.AddConstraint(
            model_name="overlay",
            constraint=models.CheckConstraint(
                condition=models.Q(("area__startswith", models.F("district"))), name="an_overlay_lies_in_its_district"
            ),
        ),
        migrations.AddConstraint(
            model_name="overlay",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until_on__isnull", True), ("until_on__gte", models.F("since_on")), _connector="OR"
                ),
                name="an_overlay_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="overlay",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until_on__isnull", True)),
                fields=("district", "layer", "code"),
                name="an_overlay_code_is_open_once_in_a_layer",
            ),
        ),
        migrations.AddConstraint(
            model_name="overlay",
            constraint=models.CheckConstraint(
                condition=models.Q(("layer__in", ["road", "patrol"])), name="an_overlay_is_of_a_known_layer"
            ),
        ),
        migrations.AddConstraint(
            model_name="redrawing",
            constraint=models.CheckConstraint(
                condition=models.Q(("area__startswith", models.F("district"))),
                name="a_redrawing_draws_within_its_district",
            ),
        ),
        migrations.AddConstraint(
            model_name="redrawing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("adopted_at__isnull", False), ("state", "adopted")),
                    models.Q(models.Q(("state", "adopted"), _negated=True), ("adopted_at__isnull", True)),
                    _connector="OR",
                ),
                name="a_redrawing_says_when_it_was_adopted",
            ),
        ),
        migrations.AddConstraint(
            model_name="outline",
            constraint=models.UniqueConstraint(
                fields=("area", "since_on"), name="an_area_has_one_outline_from_a_day_on"
            ),
        ),
        migrations.RunSQL(_TO_OUTLINES, _BACK_TO_AREAS),
        migrations.RemoveField(
            model_name="area",
            name="approximate",
        ),
        migrations.RemoveField(
            model_name="area",
            name="outline",
        ),
    ]
