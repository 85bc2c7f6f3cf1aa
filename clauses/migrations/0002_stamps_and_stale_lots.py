"""Triggers: the buyer account of everything below a buyer, and the lots whose sums must be computed again."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("0002_stamps_and_stale_lots.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("clauses", "0001_initial")]

    operations = [
        migrations.RunSQL(
            SQL,
            reverse_sql="""
            DROP FUNCTION clauseo_follow_link() CASCADE;
            DROP FUNCTION clauseo_stamp_account() CASCADE;
            DROP FUNCTION clauseo_spread_account() CASCADE;
            DROP FUNCTION clauseo_stale_lots_of_lot() CASCADE;
            DROP FUNCTION clauseo_stale_lots_of_row() CASCADE;
            """,
        )
    ]
