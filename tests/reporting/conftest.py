from tests.within import ours

__all__ = ["ours"]
