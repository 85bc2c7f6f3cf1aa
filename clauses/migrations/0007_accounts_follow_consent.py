"""The account that sees a row follows the consent of its link, whatever is written in the row."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("0007_accounts_follow_consent.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("clauses", "0006_lean_progress")]

    operations = [
        migrations.RunSQL(
            SQL,
            # The other triggers of the new form do no harm to the old one.
            reverse_sql="""
            DROP FUNCTION clauseo_account_of_link() CASCADE;
            DROP TRIGGER follow_deletion ON clauses_buyerlink;
            CREATE OR REPLACE FUNCTION clauseo_follow_link() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
            SET search_path = public, pg_temp AS $f$
            BEGIN
              UPDATE clauses_buyer SET buyer_account_id = CASE WHEN NEW.state = 'accepted' THEN NEW.buyer_account_id END
              WHERE id = NEW.buyer_id AND tenant_id = NEW.tenant_id;
              RETURN NULL;
            END $f$;
            """,
        )
    ]
