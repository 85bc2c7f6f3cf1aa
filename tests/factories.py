"""Objects for tests. Each factory is called inside the scope of the structure that owns the row."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import factory
from django.db import connection
from django.test import Client
from factory.django import DjangoModelFactory

from beneficiaries.models import Assignment, Beneficiary, Eligibility, EmploymentContract, HourEntry
from clauses.models import Buyer, BuyerLink, Lot, LotHolder, Obligation, Operation, Programme, PublicContract
from contractors.models import Company
from lib.identity import person_identity, sort_key
from tenants import scope
from tenants.models import BuyerAccount, BuyerMember, Member, Tenant, User

PASSWORD = "une phrase de passe assez longue"


class UserFactory(DjangoModelFactory):
    """In scope none."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"agent{n}@exemple.test")
    name = factory.Sequence(lambda n: f"Agent {n}")

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> User:
        is_operator = kwargs.pop("is_operator", False)
        user = User.objects.create_user(password=kwargs.pop("password", PASSWORD), **kwargs)
        if is_operator:
            with connection.cursor() as cursor:
                cursor.execute("SELECT test_make_operator(%s)", [user.pk])
            user.refresh_from_db()
        return user


class TenantFactory(DjangoModelFactory):
    """In scope operator."""

    class Meta:
        model = Tenant

    slug = factory.Sequence(lambda n: f"structure-{n}")
    name = factory.Sequence(lambda n: f"Structure {n}")


class BuyerFactory(DjangoModelFactory):
    class Meta:
        model = Buyer

    name = factory.Sequence(lambda n: f"Office public {n}")
    kind = "oph"


class ProgrammeFactory(DjangoModelFactory):
    class Meta:
        model = Programme

    name = "Grand projet de ville"
    kind = "npnru"
    number = "531"


class OperationFactory(DjangoModelFactory):
    class Meta:
        model = Operation

    buyer = factory.SubFactory(BuyerFactory)
    name = factory.Sequence(lambda n: f"Réhabilitation {n}")
    kind = "travaux"


class ContractFactory(DjangoModelFactory):
    class Meta:
        model = PublicContract

    buyer = factory.SubFactory(BuyerFactory)
    title = factory.Sequence(lambda n: f"Travaux de peinture {n}")
    starts_on = date(2026, 1, 1)
    ends_on = date(2026, 12, 31)


class LotFactory(DjangoModelFactory):
    """`due=…` gives the lot a fixed obligation; without it the lot is « à calibrer »."""

    class Meta:
        model = Lot
        skip_postgeneration_save = True

    contract = factory.SubFactory(ContractFactory)
    number = factory.Sequence(str)
    title = factory.Sequence(lambda n: f"Peinture {n}")

    @factory.post_generation
    def due(obj: Lot, create: bool, extracted: Any, **kwargs: Any) -> None:
        if extracted is not None:
            ObligationFactory(lot=obj, fixed_hours=Decimal(extracted), due=Decimal(extracted))

    @factory.post_generation
    def holder(obj: Lot, create: bool, extracted: Any, **kwargs: Any) -> None:
        if extracted is not None:
            LotHolder.objects.create(lot=obj, company=extracted)


class ObligationFactory(DjangoModelFactory):
    class Meta:
        model = Obligation

    lot = factory.SubFactory(LotFactory)
    version = 1
    rule = "fixed"
    fixed_hours = Decimal(833)
    due = Decimal(833)


class CompanyFactory(DjangoModelFactory):
    class Meta:
        model = Company

    name = factory.Sequence(lambda n: f"Bâtiment {n}")
    kind = "entreprise"


class BeneficiaryFactory(DjangoModelFactory):
    class Meta:
        model = Beneficiary

    last_name = factory.Sequence(lambda n: f"Dûpont{n}")
    first_name = "Zoé"
    birth_date = date(1990, 5, 17)
    sex = "F"
    person_key = factory.LazyAttribute(lambda o: person_identity(o.last_name, o.first_name, o.birth_date))
    sort_key = factory.LazyAttribute(lambda o: sort_key(f"{o.last_name} {o.first_name}"))


class EligibilityFactory(DjangoModelFactory):
    class Meta:
        model = Eligibility

    beneficiary = factory.SubFactory(BeneficiaryFactory)
    criteria = ["deld"]
    verified_on = date(2026, 1, 5)


class EmploymentFactory(DjangoModelFactory):
    class Meta:
        model = EmploymentContract

    beneficiary = factory.SubFactory(BeneficiaryFactory)
    employer = factory.SubFactory(CompanyFactory)
    modality = "embauche_directe"
    type = "cdd"
    starts_on = date(2026, 1, 12)
    person_key = factory.SelfAttribute("beneficiary.person_key")
    age_at_hire = 35


class AssignmentFactory(DjangoModelFactory):
    class Meta:
        model = Assignment

    employment = factory.SubFactory(EmploymentFactory)
    lot = factory.SubFactory(LotFactory)


class HourEntryFactory(DjangoModelFactory):
    class Meta:
        model = HourEntry

    assignment = factory.SubFactory(AssignmentFactory)
    lot = factory.SelfAttribute("assignment.lot")
    employment = factory.SelfAttribute("assignment.employment")
    month = date(2026, 3, 1)
    hours = Decimal("100.00")


@dataclass
class House:
    """One structure and its objects: the same names and figures in both, so that a leak is seen only by its ids."""

    tenant: Tenant
    buyer: Buyer
    programme: Programme
    operation: Operation
    contract: PublicContract
    lot: Lot
    company: Company
    beneficiary: Beneficiary
    employment: EmploymentContract
    assignment: Assignment
    entry: HourEntry


@dataclass
class World:
    """Alice administers the first structure, Bob reads in it, Charlie administers the other; Dominique is the bailleur
    of the first one's buyer, Emma of the other's; Olivier is the platform's operator."""

    ours: House
    theirs: House
    account: BuyerAccount
    other_account: BuyerAccount
    alice: User
    bob: User
    charlie: User
    dominique: User
    emma: User
    olivier: User

    @classmethod
    def build(cls) -> "World":
        with scope.none():
            names = ("alice", "bob", "charlie", "dominique", "emma", "olivier")
            users = {
                n: UserFactory(email=f"{n}@exemple.test", name=n.title(), is_operator=n == "olivier") for n in names
            }
        with scope.operator():
            ours, theirs = TenantFactory(), TenantFactory()
            account = BuyerAccount.objects.create(name="Toit commun")
            other_account = BuyerAccount.objects.create(name="Toit commun")
        for tenant, who, role in (
            (ours, "alice", "administrator"),
            (ours, "bob", "reader"),
            (theirs, "charlie", "administrator"),
        ):
            join_structure(tenant, users[who], role)
        for owner, who in ((account, "dominique"), (other_account, "emma")):
            join_account(owner, users[who], "administrator")
        houses = [_house(ours, account), _house(theirs, other_account)]
        return cls(*houses, account, other_account, **users)


def join_structure(tenant: Tenant, user: User, role: str) -> Member:
    with scope.tenant(tenant.pk):
        member: Member = Member.objects.create(tenant=tenant, user=user, role=role, name=user.name, email=user.email)
        return member


def join_account(account: BuyerAccount, user: User, role: str) -> BuyerMember:
    with scope.buyer(account.pk):
        return BuyerMember.objects.create(account=account, user=user, role=role, name=user.name, email=user.email)


def _house(tenant: Tenant, account: BuyerAccount) -> House:
    with scope.tenant(tenant.pk):
        buyer = BuyerFactory(name="Office de l'habitat", external_ref="B1", siret="35600000012305")
        link_buyer(buyer, account)
        programme = ProgrammeFactory(external_ref="P1")
        operation = OperationFactory(
            buyer=buyer, programme=programme, external_ref="O1", name="Réhabilitation des Izards"
        )
        company = CompanyFactory(name="Peinture et fils", external_ref="C1", siret="35600000012305")
        contract = ContractFactory(
            buyer=buyer, operation=operation, external_ref="M1", title="Peinture des parties communes"
        )
        lot = LotFactory(contract=contract, number="1", external_ref="L1", title="Peinture", due=833, holder=company)
        beneficiary = BeneficiaryFactory(last_name="Dûpont", external_ref="Z1")
        EligibilityFactory(beneficiary=beneficiary)
        employment = EmploymentFactory(
            beneficiary=beneficiary, employer=company, external_ref="E1", qpv_code="QN03101M"
        )
        assignment = AssignmentFactory(employment=employment, lot=lot)
        entry = HourEntryFactory(assignment=assignment, status="validee")
    return House(
        tenant, buyer, programme, operation, contract, lot, company, beneficiary, employment, assignment, entry
    )


def link_buyer(buyer: Buyer, account: BuyerAccount) -> None:
    """An accepted link between the structure's buyer and the account."""
    link = BuyerLink.objects.create(
        buyer=buyer, buyer_account=account, tenant_name=buyer.tenant.name, buyer_name=buyer.name
    )
    with scope.buyer(account.pk):
        BuyerLink.objects.filter(pk=link.pk).update(state="accepted")
    buyer.refresh_from_db()


def logged_in(user: User) -> Client:
    client = Client()
    with scope.none():
        client.force_login(user, backend="tenants.backends.EmailBackend")
    return client
