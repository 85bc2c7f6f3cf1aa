"""Take a DECP file into the registers of the current structure: buyers, companies, marchés, lots and avenants.

A file sent twice changes nothing: each lot keeps the row that made it (DecpPublication), and a later row is compared
with that one. What people corrected by hand in between stays, and is reported.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Prefetch

from clauses.decp.facts import same_facts
from clauses.decp.grouping import GroupedContract, GroupedLot, group, holder_keys, publication_rank
from clauses.decp.matching import KnownLot, match_lots
from clauses.decp.notice import DecpFile, DecpNotice
from clauses.models import Lot, PublicContract
from clauses.services.decp_changes import Change, change_contract
from clauses.services.decp_parties import Parties
from clauses.services.decp_writing import Batch, StoredLot
from clauses.services.progress import request_recomputation
from tenants import scope
from tenants.services.statistics import refresh_statistics_on_commit

# What the history says beside each change, since nobody typed it.
REASON = "Reprise d'un fichier DECP"
_LOCK = 7_203_001


@dataclass(frozen=True, slots=True)
class RowNote:
    """Something said of a row of the file, in French. `row` is its rank in the file."""

    row: int
    label: str
    text: str


@dataclass
class DecpReport:
    """What became of each row: created + updated + unchanged + refused = read."""

    format: str
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[RowNote] = field(default_factory=list)
    republications: list[RowNote] = field(default_factory=list)
    warnings: list[RowNote] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def read(self) -> int:
        return self.created + self.updated + self.unchanged + len(self.refused)

    @property
    def summary(self) -> str:
        return (
            f"read={self.read} created={self.created} updated={self.updated}"
            f" unchanged={self.unchanged} refused={len(self.refused)}"
        )


def import_decp(file: DecpFile) -> DecpReport:
    """Write what `file` says, within the structure's scope and the caller's transaction. Safe to run twice at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, scope.current_tenant_id()])
    scope.give_reason(REASON)
    report = DecpReport(file.format, notes=list(file.notes))
    report.refused = [RowNote(refusal.index, refusal.label, refusal.reason) for refusal in file.refusals]
    contracts = group(file.notices)
    stored = _stored([contract.external_ref for contract in contracts])
    earlier = [lot.notice for _contract, lots in stored.values() for lot in lots if lot.notice is not None]
    batch = Batch(Parties(file.notices, earlier))
    for contract in contracts:
        _take(contract, stored.get(contract.external_ref), batch, report)
    batch.flush()
    if report.created or report.updated:
        refresh_statistics_on_commit()
        request_recomputation()
    report.warnings += [RowNote(row, label, text) for row, label, text in batch.parties.warnings]
    report.warnings.sort(key=lambda note: note.row)
    return report


def _stored(refs: Sequence[str]) -> dict[str, tuple[PublicContract, list[StoredLot]]]:
    """The marchés of these references with their lots, as they are and as the last file described them."""
    lots = Lot.objects.select_related("decp_publication").prefetch_related("holders").order_by("pk")
    contracts = PublicContract.objects.filter(external_ref__in=refs).prefetch_related(
        "amendments", Prefetch("lots", lots)
    )
    return {
        contract.external_ref: (contract, [StoredLot(lot) for lot in contract.lots.all()])
        for contract in contracts.order_by("pk")
    }


def _take(
    grouped: GroupedContract,
    stored: tuple[PublicContract, list[StoredLot]] | None,
    batch: Batch,
    report: DecpReport,
) -> None:
    for lot in grouped.lots:
        _report_republications(lot, report)
    if stored is None:
        batch.create_contract(grouped)
        report.created += len(grouped.lots)
        for lot in grouped.lots:
            _warn(report, lot.notice, (*lot.notice.warnings, *lot.doubts))
        return
    contract, known = stored
    keys = match_lots(grouped.lots, [_known(rank, lot) for rank, lot in enumerate(known)])
    news: list[DecpNotice] = []
    changes: list[Change] = []
    for lot, key in zip(grouped.lots, keys, strict=True):
        notice = lot.notice
        before = None if key is None else known[key].notice
        if key is None:
            report.created += 1
            news.append(notice)
        elif before is None or same_facts(before, notice):
            report.unchanged += 1
            if before is None or publication_rank(notice) > publication_rank(before):
                batch.remember(known[key], notice)
            continue
        elif publication_rank(notice) < publication_rank(before):
            report.unchanged += 1
            _warn(report, notice, ["publication antérieure à celle qui est déjà reprise, laissée de côté"])
            continue
        else:
            report.updated += 1
            changes.append(Change(known[key], before, notice))
        _warn(report, notice, (*notice.warnings, *lot.doubts))
    if news or changes:
        for notice, text in change_contract(batch, contract, known, news, changes):
            _warn(report, notice, [text])


def _known(rank: int, stored: StoredLot) -> KnownLot[int]:
    notice = stored.notice
    if notice is None:
        return KnownLot(rank, stored.lot.title, None, stored.lot.amount_ht, None)
    return KnownLot(rank, notice.title, notice.cpv, notice.amount, holder_keys(notice))


def _report_republications(lot: GroupedLot, report: DecpReport) -> None:
    for old in lot.republications:
        report.unchanged += 1
        text = f"même objet, même CPV et même montant que le n° {lot.notice.index}, publié ensuite et retenu"
        report.republications.append(RowNote(old.index, label_of(old), text))


def _warn(report: DecpReport, notice: DecpNotice, texts: Iterable[str]) -> None:
    report.warnings += [RowNote(notice.index, label_of(notice), text) for text in texts]


def label_of(notice: DecpNotice) -> str:
    return f"{notice.buyer_id} / {notice.number}"
