"""A place for made-up packs, and one for compiled loops that outlives no test run."""

from pathlib import Path

import pytest
from tests.rules.small_pack import Packs

from doudi.rules.kernel import CACHE_VARIABLE


@pytest.fixture
def packs(tmp_path: Path) -> Packs:
    folder = tmp_path / "packs"
    folder.mkdir()
    return Packs(folder)


@pytest.fixture(scope="session")
def loop_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("loops")


@pytest.fixture(autouse=True)
def compiled_loops_stay_here(loop_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(loop_cache))
