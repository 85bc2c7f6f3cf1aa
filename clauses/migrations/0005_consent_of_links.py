"""A link changes state in one direction only, and keeps the names of both sides as they are."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("0005_consent_of_links.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [
        ("clauses", "0004_who_follows_and_account_name"),
        ("tenants", "0002_account_code_and_login_origin"),
    ]

    operations = [
        migrations.RunSQL(
            SQL,
            reverse_sql="""
            DROP FUNCTION clauseo_check_link() CASCADE;
            DROP FUNCTION clauseo_rename_links() CASCADE;
            """,
        )
    ]
