"""No test of settlement meets the policy or the mode of the machine it runs on."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _usual_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DOUDI_POLICY", "DOUDI_ADOPTION", "DOUDI_PRODUCTION", "DOUDI_NEWEST_FIRST"):
        monkeypatch.delenv(name, raising=False)
