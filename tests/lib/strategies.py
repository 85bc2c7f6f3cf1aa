"""Any lot, for the tests of the rules and of the words."""

from datetime import date

from hypothesis import strategies as st

from lib.progress_rules import LotFacts

HOURS = st.decimals(0, 5000, places=2)
DATES = st.dates(date(2020, 1, 1), date(2032, 12, 31))


@st.composite
def facts(draw):
    starts_on, ends_on = sorted((draw(DATES), draw(DATES)))
    return LotFacts(
        starts_on=starts_on,
        ends_on=ends_on,
        due=draw(st.none() | HOURS),
        validated=draw(HOURS),
        declared_by_month=draw(st.dictionaries(DATES.map(lambda day: day.replace(day=1)), HOURS, max_size=8)),
        capacity=draw(st.decimals("0.5", 350, places=1)),
        deadline_day=draw(st.integers(1, 31)),
    )
