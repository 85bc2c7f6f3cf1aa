from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0005_document_read_action")]

    operations = [
        migrations.AlterField(
            model_name="outboxmail",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "à envoyer"),
                    ("sending", "envoi en cours"),
                    ("sent", "envoyé"),
                    ("uncertain", "envoi incertain"),
                    ("failed", "échec"),
                ],
                default="waiting",
                max_length=10,
                verbose_name="état",
            ),
        ),
    ]
