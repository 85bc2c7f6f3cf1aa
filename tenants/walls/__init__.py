"""Walls two and three of docs/architecture.md: row-level security and composite keys, built from the registry."""
