"""The indicators of docs/exchange-format.md: one code for pages, PDF, spreadsheets and commands.

`figures` and `population` compute, without a database; `source` reads what they need; `document` rounds and writes.
"""
