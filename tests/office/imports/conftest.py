"""The divisions that the files of these tests name."""

from __future__ import annotations

from tests.office.registry.conftest import divisions as divisions  # noqa: PLC0414 - a fixture
