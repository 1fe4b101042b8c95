"""Secrets of two halves as the pages show them."""

from __future__ import annotations

from django.test import Client


def shown_half(client: Client, address: str) -> str:
    """The half of a secret that the page of a proposal shows to whoever looks; "" for none."""
    _before, _mark, after = client.get(address).content.decode().partition('class="secret"><code>')
    return after.partition("</code>")[0]
