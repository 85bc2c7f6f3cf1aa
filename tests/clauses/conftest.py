from collections.abc import Iterator

import pytest

from tenants import scope
from tests import factories
from tests.within import ours

__all__ = ["inside", "ours"]


@pytest.fixture
def inside(db: None) -> Iterator[int]:
    """In a structure that holds nothing yet."""
    with scope.operator():
        tenant_id = factories.TenantFactory().pk
    with scope.tenant(tenant_id):
        yield tenant_id
