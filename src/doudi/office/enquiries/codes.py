"""The code of a saved enquiry: what it is, where it leads, and the key it makes.

A code has 100 random bits in 20 characters that are not easily misread. It is the only key to
what it leads to: from it come the locator under which the row is found and the key that decrypts
it, and neither leads back to it.
"""

from __future__ import annotations

import hashlib
import secrets

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

# Crockford's: no I, L, O or U, which are misread or make words.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 20
_GROUP = 5
_NONCE_BYTES = 12
_KEY_BYTES = 32
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_code() -> str:
    """A code that nobody can guess."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def read_code(text: str) -> str | None:
    """A code as somebody typed it, without its hyphens; None where it cannot be one."""
    plain = "".join(text.split()).replace("-", "").upper().translate(_MISREAD)
    return plain if len(plain) == LENGTH and set(plain) <= set(ALPHABET) else None


def in_groups(code: str) -> str:
    """The code as it is written for people: in groups of five."""
    return "-".join(code[at : at + _GROUP] for at in range(0, LENGTH, _GROUP))


def locator_of(code: str) -> str:
    """Under what the row of a code is found."""
    return hashlib.sha256(b"doudi saved enquiry locator\0" + code.encode()).hexdigest()


def seal(code: str, content: bytes) -> bytes:
    """``content`` encrypted so that only ``code`` opens it."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(_key(code)).encrypt(nonce, content, locator_of(code).encode())


def unseal(code: str, sealed: bytes) -> bytes:
    """What was sealed with ``code``; cryptography.exceptions.InvalidTag for anything else."""
    nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    return AESGCM(_key(code)).decrypt(nonce, rest, locator_of(code).encode())


def _key(code: str) -> bytes:
    # 100 random bits need no slow hash: nobody can try them all.
    made = HKDF(hashes.SHA256(), _KEY_BYTES, salt=None, info=b"doudi saved enquiry key")
    return made.derive(code.encode())
