from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("beneficiaries", "0004_stale_months")]

    operations = [
        migrations.AddIndex(
            model_name="hourentry",
            index=models.Index(
                condition=models.Q(("status__in", ["declaree", "controlee"])),
                fields=["tenant", "month"],
                name="hour_entry_waiting",
            ),
        ),
    ]
