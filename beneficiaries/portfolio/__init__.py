"""The whole portfolio of a structure as a folder of CSV files, version 1 (docs/exchange-format.md)."""
