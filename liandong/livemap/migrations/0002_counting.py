"""The triggers that count, and the first count of what there is."""

from __future__ import annotations

from django.db import migrations

FACTS = """
CREATE FUNCTION livemap_parent(cell bigint, fineness int) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (cell & ~(15::bigint << 52)) | (fineness::bigint << 52) | ((1::bigint << 3 * (15 - fineness)) - 1)
$$;
COMMENT ON FUNCTION livemap_parent IS 'The H3 cell of a coarser fineness that holds a cell: kernel.cells.parent_of';

CREATE FUNCTION livemap_days_of(
    zone text, area text, class_code text, channel text, stage text, closing text, solved_level text,
    call_back_result text, satisfaction smallint, reported_at timestamptz, ended_at timestamptz
) RETURNS TABLE (day date, town text, what text, code text) LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT (at AT TIME ZONE zone)::date, left(area, 9), fact.what, fact.code
    FROM (VALUES
        ('reported', '', reported_at),
        ('class', class_code, reported_at),
        ('channel', channel, reported_at),
        ('ended', stage, ended_at),
        ('closing', nullif(closing, ''), ended_at),
        ('level', nullif(solved_level, ''), ended_at),
        ('called', nullif(call_back_result, ''), ended_at),
        ('content', satisfaction::text, ended_at)
    ) AS fact (what, code, at)
    WHERE fact.code IS NOT NULL AND fact.at IS NOT NULL
$$;
COMMENT ON FUNCTION livemap_days_of IS 'What a case counts as, day by day: livemap.models.DayCount';

CREATE FUNCTION livemap_contact_of(stopped_by text, stopped_at timestamptz, overdue_at timestamptz)
RETURNS TABLE (code text, at timestamptz) LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN overdue_at IS NULL THEN 'in_time' ELSE 'late' END, coalesce(overdue_at, stopped_at)
    WHERE overdue_at IS NOT NULL OR (stopped_by = 'contact' AND stopped_at IS NOT NULL)
$$;
COMMENT ON FUNCTION livemap_contact_of IS 'What a contact clock counts as, once it is met or missed';
"""

_PLACED = """
    INSERT INTO livemap_{table}
        (district, home, cell, area, stage, is_late, about_unit, cases, lon_sum, lat_sum, is_merged)
    SELECT district, coalesce(livemap_parent(cell, 7), 0), coalesce(livemap_parent(cell, {fineness}), 0), area, stage,
        ended_at IS NULL AND late_since IS NOT NULL, about_unit, sum(sign),
        coalesce(sum(sign * round(lon * 1000000)::bigint), 0), coalesce(sum(sign * round(lat * 1000000)::bigint), 0),
        false
    FROM ({rows}) AS moved {where}
    GROUP BY 1, 2, 3, 4, 5, 6, 7
    HAVING sum(sign) <> 0 OR sum(sign * round(lon * 1000000)::bigint) <> 0
        OR sum(sign * round(lat * 1000000)::bigint) <> 0;
"""
_DATED = """
    INSERT INTO livemap_daycount (district, day, town, what, code, about_unit, cases, is_merged)
    SELECT moved.district, fact.day, fact.town, fact.what, fact.code, moved.about_unit,
        sum(sign), false
    FROM ({rows}) AS moved JOIN areas_district ON areas_district.code = moved.district,
        livemap_days_of(areas_district.zone, moved.area, moved.class_code, moved.channel, moved.stage, moved.closing,
            moved.solved_level, moved.call_back_result, moved.satisfaction, moved.reported_at, moved.ended_at) AS fact
    GROUP BY 1, 2, 3, 4, 5, 6
    HAVING sum(sign) <> 0;
"""
_COLUMNS = (
    "district, lon, lat, cell, area, stage, late_since, ended_at, about_unit, class_code, channel, closing,"
    " solved_level, call_back_result, satisfaction, reported_at"
)


def _counting(rows: str) -> str:
    return (
        _PLACED.format(table="coarsecount", fineness=8, rows=rows, where="")
        + _PLACED.format(table="finecount", fineness=10, rows=rows, where="WHERE cell IS NOT NULL")
        + _DATED.format(rows=rows)
    )


def _of(row: str) -> str:
    return ", ".join(f"{row}.{name.strip()}" for name in _COLUMNS.split(","))


_CHANGED = f"SELECT 1 AS sign, {_of('NEW')} UNION ALL SELECT -1, {_of('OLD')}"

TRIGGERS = f"""
CREATE FUNCTION livemap_count_new_cases() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN {_counting(f"SELECT 1 AS sign, {_COLUMNS} FROM fresh")}
    RETURN NULL;
END $$;

CREATE FUNCTION livemap_count_changed_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN {_counting(_CHANGED)}
    IF (left(NEW.area, 9), NEW.about_unit) <> (left(OLD.area, 9), OLD.about_unit) THEN
        INSERT INTO livemap_daycount (district, day, town, what, code, about_unit, cases, is_merged)
        SELECT NEW.district, (fact.at AT TIME ZONE areas_district.zone)::date, moved.town, 'contact', fact.code,
            moved.about_unit, moved.sign, false
        FROM (VALUES (1, left(NEW.area, 9), NEW.about_unit), (-1, left(OLD.area, 9), OLD.about_unit))
            AS moved (sign, town, about_unit)
            JOIN areas_district ON areas_district.code = NEW.district, cases_clock,
            livemap_contact_of(cases_clock.stopped_by, cases_clock.stopped_at, cases_clock.overdue_at) AS fact
        WHERE cases_clock.case_id = NEW.id AND cases_clock.kind = 'contact';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION livemap_count_gone_cases() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN {_counting(f"SELECT -1 AS sign, {_COLUMNS} FROM stale")}
    RETURN NULL;
END $$;

CREATE FUNCTION livemap_count_contact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO livemap_daycount (district, day, town, what, code, about_unit, cases, is_merged)
    SELECT cases_case.district, (moved.at AT TIME ZONE areas_district.zone)::date, left(cases_case.area, 9),
        'contact', moved.code, cases_case.about_unit, sum(moved.sign), false
    FROM (
        SELECT 1 AS sign, fact.* FROM livemap_contact_of(NEW.stopped_by, NEW.stopped_at, NEW.overdue_at) AS fact
        UNION ALL
        SELECT -1, fact.* FROM livemap_contact_of(OLD.stopped_by, OLD.stopped_at, OLD.overdue_at) AS fact
    ) AS moved
    JOIN cases_case ON cases_case.id = coalesce(NEW.case_id, OLD.case_id)
    JOIN areas_district ON areas_district.code = cases_case.district
    GROUP BY 1, 2, 3, 5, 6
    HAVING sum(moved.sign) <> 0;
    RETURN NULL;
END $$;

CREATE TRIGGER new_cases_are_counted AFTER INSERT ON cases_case
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION livemap_count_new_cases();
CREATE TRIGGER changed_cases_are_counted AFTER UPDATE ON cases_case FOR EACH ROW
    WHEN (({_of("OLD")}) IS DISTINCT FROM ({_of("NEW")}))
    EXECUTE FUNCTION livemap_count_changed_case();
CREATE TRIGGER gone_cases_are_counted AFTER DELETE ON cases_case
    REFERENCING OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION livemap_count_gone_cases();
CREATE TRIGGER new_contacts_are_counted AFTER INSERT ON cases_clock FOR EACH ROW
    WHEN (NEW.kind = 'contact' AND (NEW.stopped_at IS NOT NULL OR NEW.overdue_at IS NOT NULL))
    EXECUTE FUNCTION livemap_count_contact();
CREATE TRIGGER changed_contacts_are_counted AFTER UPDATE ON cases_clock FOR EACH ROW
    WHEN (NEW.kind = 'contact' AND (OLD.stopped_by, OLD.stopped_at, OLD.overdue_at)
        IS DISTINCT FROM (NEW.stopped_by, NEW.stopped_at, NEW.overdue_at))
    EXECUTE FUNCTION livemap_count_contact();
CREATE TRIGGER gone_contacts_are_counted AFTER DELETE ON cases_clock FOR EACH ROW
    WHEN (OLD.kind = 'contact') EXECUTE FUNCTION livemap_count_contact();
"""

FIRST_COUNT = f"""
{_counting(f"SELECT 1 AS sign, {_COLUMNS} FROM cases_case")}
    INSERT INTO livemap_daycount (district, day, town, what, code, about_unit, cases, is_merged)
    SELECT cases_case.district, (fact.at AT TIME ZONE areas_district.zone)::date, left(cases_case.area, 9),
        'contact', fact.code, cases_case.about_unit, count(*), false
    FROM cases_clock JOIN cases_case ON cases_case.id = cases_clock.case_id
        JOIN areas_district ON areas_district.code = cases_case.district,
        livemap_contact_of(cases_clock.stopped_by, cases_clock.stopped_at, cases_clock.overdue_at) AS fact
    WHERE cases_clock.kind = 'contact' GROUP BY 1, 2, 3, 5, 6;
"""

UNDO = """
TRUNCATE livemap_coarsecount, livemap_finecount, livemap_daycount;
DROP TRIGGER gone_contacts_are_counted ON cases_clock;
DROP TRIGGER changed_contacts_are_counted ON cases_clock;
DROP TRIGGER new_contacts_are_counted ON cases_clock;
DROP TRIGGER gone_cases_are_counted ON cases_case;
DROP TRIGGER changed_cases_are_counted ON cases_case;
DROP TRIGGER new_cases_are_counted ON cases_case;
DROP FUNCTION livemap_count_contact, livemap_count_gone_cases, livemap_count_changed_case, livemap_count_new_cases;
DROP FUNCTION livemap_contact_of, livemap_days_of, livemap_parent;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("livemap", "0001_initial"),
        ("cases", "0016_cells"),
        ("areas", "0001_initial"),
    ]

    operations = [migrations.RunSQL([FACTS, TRIGGERS, FIRST_COUNT], UNDO)]
