"""Who follows a marché, so that a departure hands it over; the name of the account that a link was proposed to."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clauses", "0003_obligation_author"),
        ("tenants", "0002_account_code_and_login_origin"),
    ]

    operations = [
        migrations.AddField(
            "publiccontract",
            "followed_by",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenants.member",
                verbose_name="suivi par",
            ),
        ),
        migrations.AddField(
            "buyerlink",
            "account_name",
            models.CharField(blank=True, max_length=200, verbose_name="compte"),
        ),
    ]
