"""Marks name a month; the tables that each recomputation writes keep the keys and indexes that are used."""

import django.db.models.deletion
from django.db import migrations, models


def lean_tenant(model: str) -> migrations.AlterField:
    return migrations.AlterField(
        model_name=model,
        name="tenant",
        field=models.ForeignKey(
            db_constraint=False,
            db_index=False,
            editable=False,
            on_delete=django.db.models.deletion.PROTECT,
            related_name="+",
            to="tenants.tenant",
        ),
    )


class Migration(migrations.Migration):
    dependencies = [("clauses", "0005_consent_of_links")]

    operations = [
        migrations.AddField(
            model_name="stalelot", name="month", field=models.DateField(null=True, verbose_name="mois")
        ),
        lean_tenant("lotmonth"),
        lean_tenant("lotprogress"),
        lean_tenant("stalelot"),
        migrations.RemoveIndex(model_name="lotmonth", name="lot_month_of_account"),
        migrations.RemoveIndex(model_name="lotprogress", name="lot_progress_of_account"),
        # Room in each page for the next version of its rows: a change of sums then touches no index.
        migrations.RunSQL(
            "ALTER TABLE clauses_lotmonth SET (fillfactor = 70); ALTER TABLE clauses_lotprogress SET (fillfactor = 50)",
            reverse_sql="ALTER TABLE clauses_lotmonth RESET (fillfactor);"
            "ALTER TABLE clauses_lotprogress RESET (fillfactor)",
        ),
    ]
