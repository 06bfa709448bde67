"""The database keeps the timeline: it numbers and chains entries, announces them, and refuses to change them."""

from __future__ import annotations

from django.db import migrations

CHAIN = """
CREATE FUNCTION timeline_hash(
    previous bytea, about text, about_id bigint, seq integer, event text, actor text,
    at timestamptz, recorded_at timestamptz, area text, hearers text[], data jsonb
) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(previous || convert_to(
        about || E'\\n' || about_id || E'\\n' || seq || E'\\n' || event || E'\\n' || actor || E'\\n' ||
        (extract(epoch FROM at) * 1000000)::bigint || E'\\n' ||
        (extract(epoch FROM recorded_at) * 1000000)::bigint || E'\\n' ||
        area || E'\\n' || array_to_string(hearers, ',') || E'\\n' || data::text, 'UTF8'))
$$;

CREATE FUNCTION timeline_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last_seq integer;
    last_hash bytea;
BEGIN
    SELECT seq, hash INTO last_seq, last_hash FROM timeline_entry
        WHERE about = NEW.about AND about_id = NEW.about_id ORDER BY seq DESC LIMIT 1;
    NEW.seq := coalesce(last_seq, 0) + 1;
    NEW.previous := coalesce(last_hash, ''::bytea);
    NEW.recorded_at := clock_timestamp();
    NEW.written_in := pg_current_xact_id()::text::bigint;
    NEW.hash := timeline_hash(NEW.previous, NEW.about, NEW.about_id, NEW.seq, NEW.event, NEW.actor,
        NEW.at, NEW.recorded_at, NEW.area, NEW.hearers, NEW.data);
    RETURN NEW;
END $$;

CREATE TRIGGER timeline_chains_each_entry BEFORE INSERT ON timeline_entry
    FOR EACH ROW EXECUTE FUNCTION timeline_chain();

CREATE FUNCTION timeline_announce() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NOTIFY timeline;
    RETURN NULL;
END $$;

CREATE TRIGGER timeline_announces AFTER INSERT ON timeline_entry
    FOR EACH STATEMENT EXECUTE FUNCTION timeline_announce();

CREATE FUNCTION timeline_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the timeline is append-only: % refused', lower(TG_OP) USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER timeline_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON timeline_entry
    FOR EACH STATEMENT EXECUTE FUNCTION timeline_refuse();

CREATE TRIGGER timeline_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON timeline_seal
    FOR EACH STATEMENT EXECUTE FUNCTION timeline_refuse();
"""

UNCHAIN = """
DROP TRIGGER timeline_refuses_change ON timeline_seal;
DROP TRIGGER timeline_refuses_change ON timeline_entry;
DROP TRIGGER timeline_announces ON timeline_entry;
DROP TRIGGER timeline_chains_each_entry ON timeline_entry;
DROP FUNCTION timeline_refuse();
DROP FUNCTION timeline_announce();
DROP FUNCTION timeline_chain();
DROP FUNCTION timeline_hash;
"""


class Migration(migrations.Migration):
    """Triggers of the timeline."""

    dependencies = [("timeline", "0001_initial")]
    operations = [migrations.RunSQL(CHAIN, UNCHAIN)]
