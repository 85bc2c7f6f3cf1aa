import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.config.installation import Installation


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every account may pass through, unlike tmp_path."""
    path = Path(tempfile.mkdtemp(prefix="clauseo-config-")).resolve()
    path.chmod(0o711)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def installation(folder: Path) -> Iterator[Installation]:
    made = Installation(folder / "var")
    yield made
    made.remove()
