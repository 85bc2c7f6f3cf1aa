"""Who set a version of an obligation."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clauses", "0002_stamps_and_stale_lots"),
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="obligation",
            name="set_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenants.member",
                verbose_name="fixée par",
            ),
        ),
    ]
