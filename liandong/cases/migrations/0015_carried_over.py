"""What 0.2.0 left running takes its place in the law of 0.3.0, where `0008` passed it over.

A clock that was overdue already had no next instant, so nobody was ever supervised for it: now it climbs like any
other. What was returned twice and waits to be dispatched waits for the supervisor. Both are told apart by what only
carrying over leaves behind, so that the statements may run on any database, any number of times.
"""

from django.db import migrations

CLIMB_ON = """
UPDATE cases_clock SET rung = 2, wake_at = due_at
    WHERE stopped_at IS NULL AND overdue_at IS NOT NULL AND paused_at IS NULL AND wake_at IS NULL AND rung = 0;
"""
AWAIT_THE_RULING = """
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE cases_case DISABLE TRIGGER a_changed_case_is_told_of;
UPDATE cases_case SET awaits_ruling = true
    WHERE stage = 'filed' AND returns >= 2 AND NOT awaits_ruling AND NOT is_ruled;
ALTER TABLE cases_case ENABLE TRIGGER a_changed_case_is_told_of;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0014_exports_as_lines"),
    ]

    operations = [
        migrations.RunSQL(CLIMB_ON, migrations.RunSQL.noop),
        migrations.RunSQL(AWAIT_THE_RULING, migrations.RunSQL.noop),
    ]
