"""A bilan is seen by the account of the donneur d'ordre that it is handed to, for as long as their link stands."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("reporting", "0002_bilan_buyer"), ("clauses", "0002_stamps_and_stale_lots")]

    operations = [
        migrations.RunSQL(
            """
            CREATE TRIGGER stamp_account BEFORE INSERT OR UPDATE OF buyer_id ON reporting_bilan
              FOR EACH ROW EXECUTE FUNCTION clauseo_stamp_account('clauses_buyer', 'buyer_id');
            CREATE TRIGGER spread_account_to_bilans AFTER UPDATE ON clauses_buyer
              FOR EACH ROW WHEN (OLD.buyer_account_id IS DISTINCT FROM NEW.buyer_account_id)
              EXECUTE FUNCTION clauseo_spread_account('reporting_bilan', 'buyer_id');
            """,
            reverse_sql="""
            DROP TRIGGER stamp_account ON reporting_bilan;
            DROP TRIGGER spread_account_to_bilans ON clauses_buyer;
            """,
        )
    ]
