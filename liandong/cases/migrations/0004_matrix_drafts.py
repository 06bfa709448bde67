"""Drafts of the matrix, what they are based on, and that nobody changes a version once it is published."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

KEEP = """
CREATE FUNCTION cases_matrix_refuse_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM cases_matrixversion
        WHERE id IN (CASE WHEN TG_OP <> 'INSERT' THEN OLD.version_id END, CASE WHEN TG_OP <> 'DELETE' THEN NEW.version_id END)
        AND published_at IS NOT NULL;
    IF FOUND THEN
        RAISE EXCEPTION 'a published matrix never changes: % refused', lower(TG_OP) USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER a_published_matrix_keeps_its_rows BEFORE INSERT OR UPDATE OR DELETE ON cases_responsibility
    FOR EACH ROW EXECUTE FUNCTION cases_matrix_refuse_row();

CREATE FUNCTION cases_matrix_refuse_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published matrix never changes: % refused', lower(TG_OP) USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER a_published_matrix_stays_as_it_is BEFORE UPDATE OR DELETE ON cases_matrixversion
    FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION cases_matrix_refuse_version();
"""

LET_GO = """
DROP TRIGGER a_published_matrix_stays_as_it_is ON cases_matrixversion;
DROP TRIGGER a_published_matrix_keeps_its_rows ON cases_responsibility;
DROP FUNCTION cases_matrix_refuse_version();
DROP FUNCTION cases_matrix_refuse_row();
"""


def note_what_was_loaded(apps: Any, schema_editor: Any) -> None:
    """Until now every version came from the district's folder."""
    apps.get_model("cases", "MatrixVersion").objects.update(is_loaded=True)


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0003_force_and_matrix_versions"),
    ]

    operations = [
        migrations.AddField(
            model_name="matrixversion",
            name="based_on",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="drafts",
                to="cases.matrixversion",
            ),
        ),
        migrations.AddField(
            model_name="matrixversion",
            name="is_loaded",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="matrixversion",
            name="revision",
            field=models.IntegerField(default=0),
        ),
        migrations.RunPython(note_what_was_loaded, migrations.RunPython.noop),
        migrations.RunSQL(KEEP, LET_GO),
    ]
