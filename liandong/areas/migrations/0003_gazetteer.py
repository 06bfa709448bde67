"""Places get aliases, and the terms under which they are found while somebody types."""

from typing import Any

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models

from liandong.areas.rules.gazetteer import place_terms


def _fill(apps: Any, schema_editor: Any) -> None:
    place = apps.get_model("areas", "Place")
    rows = []
    for row in place.objects.order_by("pk").iterator(chunk_size=2000):
        row.terms = list(place_terms((row.name, row.name_en)))
        rows.append(row)
    place.objects.bulk_update(rows, ["terms"], batch_size=2000)


class Migration(migrations.Migration):
    dependencies = [
        ("areas", "0002_dated"),
    ]

    operations = [
        migrations.AddField(
            model_name="place",
            name="aliases",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=80), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="place",
            name="terms",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=64), default=list, size=None
            ),
        ),
        migrations.RunPython(_fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="place",
            index=django.contrib.postgres.indexes.GinIndex(fields=["terms"], name="places_by_term"),
        ),
    ]
