"""What one row of a DECP file says, once read."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from lib.dates import add_months, last_day


class DecpFileError(Exception):
    """The file as a whole can't be read. The message is in French, for the person who sent it."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A titulaire, its identifier exactly as published (only outer white space dropped)."""

    id: str
    id_type: str
    name: str

    @property
    def key(self) -> tuple[str, str]:
        """What makes two holders the same one: the identifier, or the name where there is none."""
        return (self.id_type, self.id) if self.id else ("", self.name.casefold())


@dataclass(frozen=True, slots=True)
class Place:
    code: str
    code_type: str
    name: str


@dataclass(frozen=True, slots=True)
class Modification:
    """A published modification. `amount` is as published: buyers write there the new total or only the difference."""

    number: int
    title: str
    notified_on: date | None
    published_on: date | None
    amount: Decimal | None
    duration_months: int | None
    holders: tuple[Holder, ...]


@dataclass(frozen=True, slots=True)
class DecpNotice:
    """One marché or lot, as published. `index` is its rank in the file, from 1."""

    index: int
    buyer_id: str
    buyer_name: str
    number: str
    title: str
    cpv: str
    nature: str
    procedure: str
    ccag: str
    amount: Decimal | None
    duration_months: int
    notified_on: date | None
    published_on: date | None
    place: Place | None
    holders: tuple[Holder, ...]
    modifications: tuple[Modification, ...]
    social: tuple[str, ...]
    warnings: tuple[str, ...] = field(default=(), compare=False)

    @property
    def pair(self) -> tuple[str, str]:
        return (self.buyer_id, self.number)

    @property
    def content_key(self) -> tuple[str, str, Decimal | None]:
        """Two rows of one pair with the same object, CPV and amount are one marché published twice."""
        return (self.title, self.cpv, self.amount)

    @property
    def starts_on(self) -> date:
        """The notification, or the publication where no notification date is given: the reader requires one of them."""
        known = self.notified_on or self.published_on
        if known is None:
            raise ValueError("a notice has a notification or a publication date")
        return known

    @property
    def ends_on(self) -> date:
        return end_of(self.starts_on, self.duration_months)


def end_of(starts_on: date, months: int) -> date:
    """The last day of `months` months that begin on `starts_on`."""
    month = add_months(starts_on, months)
    last = last_day(month)
    return last if starts_on.day > last.day else month.replace(day=starts_on.day) - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that can't be taken. `label` names it as the sender knows it."""

    index: int
    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class DecpFile:
    """A whole file: every row read is either a notice or a refusal."""

    format: str
    notices: tuple[DecpNotice, ...]
    refusals: tuple[Refusal, ...]
    notes: tuple[str, ...] = ()

    @property
    def read(self) -> int:
        return len(self.notices) + len(self.refusals)
