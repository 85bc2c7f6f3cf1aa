"""Marks of stale lots name the month whose lines changed."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("0004_stale_months.sql").read_text()

BACKWARDS = """
DROP FUNCTION clauseo_stale_months_of_hours() CASCADE;
CREATE TRIGGER stale_insert AFTER INSERT ON beneficiaries_hourentry REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION clauseo_stale_lots_of_row();
CREATE TRIGGER stale_update AFTER UPDATE ON beneficiaries_hourentry
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION clauseo_stale_lots_of_row();
CREATE TRIGGER stale_delete AFTER DELETE ON beneficiaries_hourentry REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION clauseo_stale_lots_of_row();
CREATE OR REPLACE FUNCTION clauseo_stale_lots_of_employment() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
  INSERT INTO clauses_stalelot (tenant_id, lot_id, since)
  SELECT DISTINCT a.tenant_id, a.lot_id, now() FROM new_rows n JOIN old_rows o ON o.id = n.id
  JOIN beneficiaries_assignment a ON a.tenant_id = n.tenant_id AND a.employment_id = n.id
  WHERE o.qpv_code IS DISTINCT FROM n.qpv_code;
  RETURN NULL;
END $f$;
"""


class Migration(migrations.Migration):
    dependencies = [("beneficiaries", "0003_lean_hour_keys"), ("clauses", "0006_lean_progress")]

    operations = [migrations.RunSQL(SQL, reverse_sql=BACKWARDS)]
