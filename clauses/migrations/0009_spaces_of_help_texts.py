from django.db import migrations, models

import tenants.models.fields


class Migration(migrations.Migration):
    dependencies = [
        ("clauses", "0008_what_an_amendment_replaced"),
    ]

    operations = [
        migrations.AlterField(
            model_name="lot",
            name="ends_on",
            field=models.DateField(blank=True, help_text="Vide\u202f: celle du marché.", null=True, verbose_name="fin"),
        ),
        migrations.AlterField(
            model_name="lot",
            name="starts_on",
            field=models.DateField(
                blank=True, help_text="Vide\u202f: celui du marché.", null=True, verbose_name="début"
            ),
        ),
        migrations.AlterField(
            model_name="operation",
            name="total_hours_worked",
            field=tenants.models.fields.HoursField(
                blank=True,
                decimal_places=2,
                help_text="Toutes les heures de l'opération, déclarées par les entreprises. "
                "Vide\u202f: estimées par la part de main-d'œuvre.",
                max_digits=40,
                null=True,
                verbose_name="heures totales travaillées",
            ),
        ),
    ]
