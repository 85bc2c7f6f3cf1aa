"""What the database itself holds about hours: their assignment, the validated ones, the lots to compute again."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("0002_hours_rules.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("beneficiaries", "0001_initial"), ("clauses", "0002_stamps_and_stale_lots")]

    operations = [
        migrations.RunSQL(
            SQL,
            reverse_sql="""
            ALTER TABLE beneficiaries_hourentry DROP CONSTRAINT hour_entry_of_its_assignment;
            DROP FUNCTION clauseo_keep_validated_hours() CASCADE;
            DROP FUNCTION clauseo_stale_lots_of_employment() CASCADE;
            DROP TRIGGER stale_insert ON beneficiaries_hourentry;
            DROP TRIGGER stale_update ON beneficiaries_hourentry;
            DROP TRIGGER stale_delete ON beneficiaries_hourentry;
            """,
        )
    ]
