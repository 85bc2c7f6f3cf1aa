"""Statistics of the planner after a large import."""

from django.db import connections

from tenants.models import Tenant
from tenants.services.statistics import refresh_statistics
from tests.factories import World


def test_rows_just_written_are_known_to_the_planner(transactional_db):
    World.build()
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM tenants_tenant")
        (tenants,) = cursor.fetchone()
        refresh_statistics()
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [Tenant._meta.db_table])
        assert cursor.fetchone() == (tenants,)
