"""The demonstration: two invented structures on objects, CPV codes and amounts of real marchés (data/SOURCES.md)."""
