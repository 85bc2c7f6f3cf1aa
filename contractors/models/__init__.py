from contractors.models.company import Company, CompanyDocument, Contact

__all__ = ["Company", "CompanyDocument", "Contact"]
