"""The code by which a buyer account is found, and the index by which refused logins of one origin are counted."""

from django.db import migrations, models

import tenants.models.base


def give_codes(apps, schema_editor):
    accounts = apps.get_model("tenants", "BuyerAccount").objects.using(schema_editor.connection.alias)
    for account in accounts.all():
        accounts.filter(pk=account.pk).update(code=tenants.models.base.new_reference())


class Migration(migrations.Migration):
    dependencies = [("tenants", "0001_initial")]

    operations = [
        migrations.AddField(
            "buyeraccount",
            "code",
            models.CharField(
                default=tenants.models.base.new_reference,
                editable=False,
                max_length=12,
                verbose_name="code de rattachement",
            ),
        ),
        migrations.RunPython(give_codes, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            "buyeraccount",
            "code",
            models.CharField(
                default=tenants.models.base.new_reference,
                editable=False,
                max_length=12,
                unique=True,
                verbose_name="code de rattachement",
            ),
        ),
        migrations.AddIndex("loginfailure", models.Index(fields=["origin_digest", "at"], name="login_failure_origin")),
    ]
