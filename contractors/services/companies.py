"""Writes on companies and their contacts."""

from datetime import date

from contractors.models import Company, Contact


def save_company(*, company: Company) -> Company:
    company.save()
    return company


def save_contact(*, contact: Contact) -> Contact:
    contact.save()
    return contact


def mark_contact_left(*, contact: Contact, on: date) -> bool:
    """The person is no longer in post; whether they still were."""
    return Contact.objects.filter(pk=contact.pk, left_on__isnull=True).update(left_on=on) == 1


def mark_contact_back(*, contact: Contact) -> bool:
    return Contact.objects.filter(pk=contact.pk, left_on__isnull=False).update(left_on=None) == 1
