from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clauses", "0007_accounts_follow_consent")]

    operations = [
        migrations.AddField(
            "amendment",
            "replaced",
            models.JSONField(editable=False, null=True, verbose_name="ce qu'il a remplacé"),
        ),
    ]
