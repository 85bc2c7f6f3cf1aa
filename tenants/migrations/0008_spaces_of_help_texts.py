import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0007_lean_history"),
    ]

    operations = [
        migrations.AlterField(
            model_name="tenant",
            name="etp_divisor",
            field=models.PositiveIntegerField(
                default=1607,
                help_text="1 607 h (durée légale), 1 820 h ou une valeur de votre financeur\u202f; "
                "imprimée sous le chiffre.",
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="heures d'un ETP annuel",
            ),
        ),
    ]
