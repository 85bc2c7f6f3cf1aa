from tests.access import PUBLIC, Row

ROWS = [Row("healthz", PUBLIC)]
