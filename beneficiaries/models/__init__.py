from beneficiaries.models.person import Beneficiary, BeneficiaryDocument, Eligibility
from beneficiaries.models.work import MAX_HOURS_A_MONTH, Assignment, EmploymentContract, HourEntry

__all__ = [
    "MAX_HOURS_A_MONTH",
    "Assignment",
    "Beneficiary",
    "BeneficiaryDocument",
    "Eligibility",
    "EmploymentContract",
    "HourEntry",
]
