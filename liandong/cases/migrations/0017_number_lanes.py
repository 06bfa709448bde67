"""The numbers of a day are given out by eight lanes, so that who opens a case does not wait for another's commit."""

from __future__ import annotations

from django.db import migrations, models

SHARE = """
UPDATE cases_numbersequence SET next = next + 1;
INSERT INTO cases_numbersequence (district, day, lane, next)
SELECT district, day, other, next + other FROM cases_numbersequence, generate_series(1, 7) AS other;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0016_cells"),
    ]

    operations = [
        migrations.RemoveConstraint("numbersequence", "a_day_has_one_sequence"),
        migrations.AddField("numbersequence", "lane", models.SmallIntegerField(default=0), preserve_default=False),
        migrations.RenameField("numbersequence", "last", "next"),
        migrations.AlterField("numbersequence", "next", models.IntegerField()),
        migrations.RunSQL(SHARE, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "numbersequence",
            models.UniqueConstraint(fields=["district", "day", "lane"], name="a_day_has_each_of_its_lanes_once"),
        ),
    ]
