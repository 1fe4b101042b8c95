"""What the care records do not take, and why."""

from __future__ import annotations

from doudi.office.registry.errors import RegistryRefused


class CareRefused(RegistryRefused):
    """A change that the care records do not take; nothing was changed. ``zh`` is for people."""
