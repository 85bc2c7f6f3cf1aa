from clauses.models.buyer import Buyer, BuyerLink, Operation, Programme
from clauses.models.contract import Amendment, ContractDocument, Lot, LotHolder, PublicContract
from clauses.models.decp import DecpPublication
from clauses.models.obligation import Obligation
from clauses.models.progress import LotMonth, LotProgress, StaleLot

__all__ = [
    "Amendment",
    "Buyer",
    "BuyerLink",
    "ContractDocument",
    "DecpPublication",
    "Lot",
    "LotHolder",
    "LotMonth",
    "LotProgress",
    "Obligation",
    "Operation",
    "Programme",
    "PublicContract",
    "StaleLot",
]
