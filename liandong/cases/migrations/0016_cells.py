"""Each case with a point learns the cell of the H3 grid it lies in; those there already are worked out here, in batches.

Nothing happens to a case by that, so the trigger that asks for a story is not about it.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations, models
from django.db.models import Q

from liandong.kernel.cells import cell_at

BATCH = 20_000
FILL = """
UPDATE cases_case SET cell = found.cell
    FROM unnest(%s::bigint[], %s::bigint[]) AS found (id, cell) WHERE cases_case.id = found.id
"""


def fill(apps: Any, schema_editor: Any) -> None:
    """Work out the cells of all cases with a point."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE cases_case DISABLE TRIGGER a_changed_case_is_told_of")
        last = 0
        while True:
            cursor.execute(
                "SELECT id, lon, lat FROM cases_case WHERE id > %s AND lon IS NOT NULL ORDER BY id LIMIT %s",
                [last, BATCH],
            )
            found = cursor.fetchall()
            if not found:
                break
            cursor.execute(FILL, [[row[0] for row in found], [cell_at(row[1], row[2]) for row in found]])
            last = found[-1][0]
        cursor.execute("ALTER TABLE cases_case ENABLE TRIGGER a_changed_case_is_told_of")


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0015_carried_over"),
    ]

    operations = [
        migrations.AddField("case", "cell", models.BigIntegerField(null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddConstraint(
            "case",
            models.CheckConstraint(
                condition=Q(lon__isnull=True, cell__isnull=True) | Q(lon__isnull=False, cell__isnull=False),
                name="a_case_with_a_point_lies_in_a_cell",
            ),
        ),
    ]
