from tenants.models.base import (
    RegisterModel,
    TenantManager,
    TenantModel,
    TenantQuerySet,
    new_reference,
    unique_reference,
)
from tenants.models.members import BuyerMember, Member, SignedLink
from tenants.models.organisations import BuyerAccount, Tenant
from tenants.models.records import AuditEntry, Document, ReadLog
from tenants.models.users import LoginFailure, User
from tenants.models.work import Job, LocalMail, OutboxMail

__all__ = [
    "AuditEntry",
    "BuyerAccount",
    "BuyerMember",
    "Document",
    "Job",
    "LocalMail",
    "LoginFailure",
    "Member",
    "OutboxMail",
    "ReadLog",
    "RegisterModel",
    "SignedLink",
    "Tenant",
    "TenantManager",
    "TenantModel",
    "TenantQuerySet",
    "User",
    "new_reference",
    "unique_reference",
]
