"""The generated portfolios are sound, so that what is compared later is never a refusal."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings

from beneficiaries.portfolio.reader import read_portfolio
from tests.beneficiaries.folders import write_folder
from tests.reporting.strategies import portfolios


@settings(max_examples=50, deadline=None)
@given(rows=portfolios())
def test_generated_portfolios_are_sound(rows):
    with TemporaryDirectory() as folder:
        assert read_portfolio(write_folder(Path(folder), rows)).findings.errors == []
