"""A bilan has the account of its donneur d'ordre, whatever is written in its row."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("reporting", "0003_stamp_bilans"), ("clauses", "0007_accounts_follow_consent")]

    operations = [
        migrations.RunSQL(
            """
            CREATE OR REPLACE TRIGGER stamp_account BEFORE INSERT OR UPDATE OF buyer_id, buyer_account_id
              ON reporting_bilan FOR EACH ROW EXECUTE FUNCTION clauseo_stamp_account('clauses_buyer', 'buyer_id');
            """,
            reverse_sql="""
            CREATE OR REPLACE TRIGGER stamp_account BEFORE INSERT OR UPDATE OF buyer_id
              ON reporting_bilan FOR EACH ROW EXECUTE FUNCTION clauseo_stamp_account('clauses_buyer', 'buyer_id');
            """,
        )
    ]
