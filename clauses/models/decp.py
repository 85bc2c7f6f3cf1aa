"""What open data said of a lot."""

from django.db import models

from clauses.models.contract import Lot
from tenants.models import TenantModel


class DecpPublication(TenantModel):
    """The last DECP row taken for a lot. A later file is compared with it, so that what people corrected stays."""

    lot = models.OneToOneField(Lot, models.CASCADE, related_name="decp_publication", verbose_name="lot")
    content = models.JSONField("ligne publiée")
    published_on = models.DateField("publiée le", null=True, blank=True)

    audited = False

    class Meta:
        verbose_name = "publication DECP"
        verbose_name_plural = "publications DECP"
