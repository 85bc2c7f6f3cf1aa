from tests.beneficiaries import people_rows, portfolio_rows

ROWS = [
    *people_rows.ROWS,
    *portfolio_rows.ROWS,
]
