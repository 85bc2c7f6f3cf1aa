"""Who read the protected part of a record: proof that sensitive data is opened by need."""

from django.db.models import Model

from tenants.models import ReadLog


def log_read(*, member_id: int, obj: Model, part: str) -> None:
    """In the structure's scope, in a view marked `get_writes=True`. `part` in French: « critères », « contenu »."""
    ReadLog.objects.create(member_id=member_id, table=obj._meta.db_table, row_id=obj.pk, part=part)
