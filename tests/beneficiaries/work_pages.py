"""Addresses and forms of work contracts, for their tests."""

from beneficiaries.models import EmploymentContract


def hire_url(world) -> str:
    return f"/beneficiaires/{world.ours.beneficiary.pk}/contrats/nouveau/"


def page(world, rest="") -> str:
    return f"/contrats/{world.ours.employment.pk}/{rest}"


def terms(world, **changes) -> dict[str, object]:
    base = {"employer": world.ours.company.pk, "modality": "embauche_directe", "type": "cdd", "starts_on": "2026-05-17"}
    return base | changes


def newest(ours) -> EmploymentContract:
    return ours(lambda: EmploymentContract.objects.select_related("beneficiary").latest("pk"))
