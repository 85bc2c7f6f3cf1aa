"""Versions of obligations: frozen, numbered, one in force."""

import threading
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clauses.models import Lot, Obligation, StaleLot
from clauses.selectors.contracts import terms_of
from clauses.services.obligations import set_obligation
from lib.obligation_rules import ObligationError, Rule, Terms
from tenants import scope
from tests import factories

AMOUNTS = st.decimals(min_value=0, max_value=10**9, places=2)
HOURS = st.decimals(min_value=0, max_value=10**6, places=2)
PARTS = st.decimals(min_value=0, max_value=1, places=6)
COSTS = st.decimals(min_value="0.01", max_value=1000, places=2)
OFFERS = st.none() | HOURS
TERMS = st.one_of(
    st.builds(Terms, st.just(Rule.FIXED), fixed_hours=HOURS, offered_hours=OFFERS),
    st.builds(
        Terms, st.just(Rule.SHARE_OF_LABOUR), amount_ht=AMOUNTS, labour_share=PARTS, hourly_cost=COSTS, rate=PARTS,
        offered_hours=OFFERS,
    ),
    st.builds(Terms, st.just(Rule.NONE), exempt_reason=st.just("hors seuil")),
)  # fmt: skip


def oracle(terms: Terms) -> Fraction:
    """The exchange format's « Hours due of a lot », in fractions."""
    if terms.rule == Rule.NONE:
        return Fraction(0)
    if terms.rule == Rule.FIXED:
        due = Fraction(terms.fixed_hours)
    else:
        exact = (
            Fraction(terms.amount_ht)
            * Fraction(terms.labour_share)
            * Fraction(terms.rate)
            / Fraction(terms.hourly_cost)
        )
        due = Fraction((exact + Fraction(1, 2)).__floor__())
    return max(due, Fraction(terms.offered_hours or 0))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(terms=TERMS)
def test_version_is_frozen_as_computed_by_the_oracle(world, terms):
    with scope.tenant(world.ours.tenant.pk, world.alice.pk):
        made = set_obligation(lot=world.ours.lot, terms=terms)
        kept = Obligation.objects.get(pk=made.pk)
        assert Fraction(kept.due) == oracle(terms)
        assert terms_of(kept) == terms
        numbers = list(
            Obligation.objects.filter(lot=world.ours.lot).order_by("version").values_list("version", flat=True)
        )
        assert numbers == list(range(1, len(numbers) + 1))
        assert Obligation.objects.get(lot=world.ours.lot, is_current=True) == kept


@pytest.mark.parametrize(
    "terms",
    [
        Terms(Rule.FIXED),
        Terms(
            Rule.SHARE_OF_LABOUR, amount_ht=Decimal(1), labour_share=Decimal(1), hourly_cost=Decimal(0), rate=Decimal(1)
        ),
        Terms(Rule.NONE),
        Terms(Rule.NONE, exempt_reason="x", fixed_hours=Decimal(1)),
    ],
)
def test_terms_at_fault_change_nothing(world, ours, terms):
    with pytest.raises(ObligationError):
        ours(lambda: set_obligation(lot=world.ours.lot, terms=terms))
    assert ours(lambda: Obligation.objects.get(lot=world.ours.lot).is_current)


def test_lot_is_marked_to_be_computed_again(world, ours):
    ours(lambda: StaleLot.objects.all().delete())
    ours(lambda: set_obligation(lot=world.ours.lot, terms=Terms(Rule.FIXED, fixed_hours=Decimal(1))))
    assert ours(lambda: StaleLot.objects.filter(lot_id=world.ours.lot.pk).exists())


def test_two_people_at_once_make_two_versions(transactional_db):
    """Both read the same last version unless the second waits for the first."""
    world = factories.World.build()
    start = threading.Barrier(2)
    failures = []

    def run(hours):
        try:
            start.wait()
            with scope.tenant(world.ours.tenant.pk, world.alice.pk):
                set_obligation(lot=world.ours.lot, terms=Terms(Rule.FIXED, fixed_hours=Decimal(hours)))
        except Exception as error:  # noqa: BLE001 -- told to the test below
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(hours,)) for hours in (10, 20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with scope.tenant(world.ours.tenant.pk):
        versions = Obligation.objects.filter(lot=world.ours.lot).order_by("version")
        assert [version.version for version in versions] == [1, 2, 3]
        assert [version.is_current for version in versions] == [False, False, True]


def test_without_the_lock_the_race_is_refused_by_the_database(world):
    """The control: two versions in force cannot be written."""
    with (
        scope.tenant(world.ours.tenant.pk),
        pytest.raises(Exception, match="obligation_one_current"),
        transaction.atomic(),
    ):
        Obligation.objects.create(lot=world.ours.lot, version=2, rule="fixed", fixed_hours=1, due=1)
    with scope.tenant(world.ours.tenant.pk):
        assert Lot.objects.get().obligations.count() == 1
