from reporting.models.bilan import Bilan

__all__ = ["Bilan"]
