"""No case without its audit row, no audit row without its case: asked by the database at every commit."""

from __future__ import annotations

from django.db import migrations

TELL = """
CREATE FUNCTION cases_must_be_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM timeline_entry WHERE about = 'case' AND about_id = NEW.id
        AND written_in = pg_current_xact_id()::text::bigint LIMIT 1;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'case % was changed without an entry in the timeline', NEW.number
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'a_changed_case_is_told_of';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER a_changed_case_is_told_of AFTER INSERT OR UPDATE ON cases_case
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cases_must_be_told();

CREATE FUNCTION cases_must_exist() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM cases_case WHERE id = NEW.about_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the timeline tells of case %, which does not exist', NEW.about_id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'an_entry_tells_of_a_case_that_exists';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER an_entry_tells_of_a_case_that_exists AFTER INSERT ON timeline_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.about = 'case') EXECUTE FUNCTION cases_must_exist();
"""

UNTELL = """
DROP TRIGGER an_entry_tells_of_a_case_that_exists ON timeline_entry;
DROP FUNCTION cases_must_exist();
DROP TRIGGER a_changed_case_is_told_of ON cases_case;
DROP FUNCTION cases_must_be_told();
"""


class Migration(migrations.Migration):
    """Constraint triggers between cases and the timeline."""

    dependencies = [("cases", "0001_initial"), ("timeline", "0002_chain")]
    operations = [migrations.RunSQL(TELL, UNTELL)]
