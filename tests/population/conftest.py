"""A place for compiled loops that outlives no test run."""

from pathlib import Path

import pytest

from doudi.rules.kernel import CACHE_VARIABLE


@pytest.fixture(scope="session")
def loop_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("loops")


@pytest.fixture(autouse=True)
def compiled_loops_stay_here(loop_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(loop_cache))
