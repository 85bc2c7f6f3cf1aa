"""Companies as lists and pages read them."""

from django.db.models import Prefetch, QuerySet

from contractors.models import Company, Contact


def companies_with_contacts() -> QuerySet[Company]:
    """Each company with `current_contacts`: those still in post."""
    in_post = Contact.objects.filter(left_on__isnull=True)
    return Company.objects.prefetch_related(Prefetch("contacts", in_post, to_attr="current_contacts"))


def others_with_siret(company: Company) -> QuerySet[Company]:
    """The other companies of the structure with the same SIRET: two SIAE of one association, or a duplicate."""
    if not company.siret:
        return Company.objects.none()
    return Company.objects.filter(siret=company.siret).exclude(pk=company.pk).order_by("name", "pk")
