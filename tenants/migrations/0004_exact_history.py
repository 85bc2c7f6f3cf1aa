"""History reads decimals exactly, and finds what was deleted under an object."""

from django.db import migrations, models

import tenants.models.records


class Migration(migrations.Migration):
    dependencies = [("tenants", "0003_document_without_account")]

    operations = [
        migrations.AlterField(
            "auditentry", "before", models.JSONField(decoder=tenants.models.records.ExactDecoder, null=True)
        ),
        migrations.AlterField(
            "auditentry", "after", models.JSONField(decoder=tenants.models.records.ExactDecoder, null=True)
        ),
        migrations.AddIndex(
            "auditentry",
            models.Index(fields=["tenant", "table"], name="audit_deletions", condition=models.Q(action="D")),
        ),
    ]
