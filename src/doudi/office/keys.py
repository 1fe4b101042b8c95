"""The secrets of an installation: from the environment, or made once for development.

Three environment variables:

- ``DOUDI_SECRET_KEY``: what Django signs with; at least 50 characters.
- ``DOUDI_ID_KEY``: what ID numbers are encrypted with; 32 bytes in base64. Several keys may
  stand side by side with commas between them: the first encrypts, all of them decrypt. To
  rotate, put a new key in front, run `doudi manage renew-id-ciphers`, then remove the old.
- ``DOUDI_INDEX_KEY``: what the blind index is made with; at least 32 bytes in base64. Several
  keys may stand side by side here too: the first makes, all of them find. To renew, put a new key
  in front, run `doudi manage renew-indexes`, then remove the old (`registry.index_keys`).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

SECRET_KEY, ID_KEY, INDEX_KEY = "DOUDI_SECRET_KEY", "DOUDI_ID_KEY", "DOUDI_INDEX_KEY"
NAMES = (SECRET_KEY, ID_KEY, INDEX_KEY)
KEY_BYTES = 32
KEY_ID_BYTES = 4
_TAG_DIGITS = 7
SHORTEST_SECRET = 50
DEVELOPMENT_FILE = "development.key"


@dataclass(frozen=True)
class Keys:
    """The secrets in use. ``id_keys`` maps a key's id to it, the key that encrypts first.

    ``index_keys`` maps what an index begins with to the key it was made with, the first first.
    """

    secret_key: str = field(repr=False)
    id_keys: Mapping[bytes, bytes] = field(repr=False)
    index_keys: Mapping[str, bytes] = field(repr=False)


def load_keys(environ: Mapping[str, str], data: Path, *, production: bool) -> Keys:
    """The keys of the environment; for what it lacks, those of the development key file.

    In production nothing is made up: ImproperlyConfigured lists the variables that are missing.
    It also names, in any case, a variable that cannot be read, never its value.
    """
    given = {name: environ[name] for name in NAMES if environ.get(name)}
    missing = [name for name in NAMES if name not in given]
    if missing and production:
        raise ImproperlyConfigured(
            f"正式运行（DOUDI_PRODUCTION=1）不使用开发密钥，请设置环境变量：{'、'.join(missing)} | "
            f"production refuses the development keys; set {', '.join(missing)}"
        )
    if missing:
        given = _development_keys(data) | given
    return _read(given)


def key_id(key: bytes) -> bytes:
    """What a ciphertext names its key by; tells nothing about the key."""
    return hashlib.sha256(b"doudi key id\0" + key).digest()[:KEY_ID_BYTES]


def index_tag(key: bytes) -> str:
    """What an index begins with that was made with this key; no digit of an index without one."""
    return f"k{hashlib.sha256(b'doudi index key' + bytes(1) + key).hexdigest()[:_TAG_DIGITS]}"


def _read(given: Mapping[str, str]) -> Keys:
    if len(given[SECRET_KEY]) < SHORTEST_SECRET:
        raise _bad(SECRET_KEY, "至少 50 个字符", "must have at least 50 characters")
    id_keys = [_bytes_of(ID_KEY, text) for text in given[ID_KEY].split(",")]
    if any(len(key) != KEY_BYTES for key in id_keys):
        raise _bad(ID_KEY, "解码后应正好 32 字节", "must be 32 bytes in base64")
    index_keys = [_bytes_of(INDEX_KEY, text) for text in given[INDEX_KEY].split(",")]
    if any(len(key) < KEY_BYTES for key in index_keys):
        raise _bad(INDEX_KEY, "解码后至少 32 字节", "must be at least 32 bytes in base64")
    if set(index_keys) & set(id_keys):
        raise _bad(INDEX_KEY, "不能与 DOUDI_ID_KEY 相同", "must differ from DOUDI_ID_KEY")
    tagged = {index_tag(key): key for key in index_keys}
    if len(tagged) != len(index_keys):
        raise _bad(INDEX_KEY, "里有两个相同的密钥", "names one key twice")
    return Keys(given[SECRET_KEY], {key_id(key): key for key in id_keys}, tagged)


def _bytes_of(name: str, text: str) -> bytes:
    try:
        return base64.b64decode(text.strip(), validate=True)
    except binascii.Error:
        raise _bad(name, "不是有效的 base64", "is not base64") from None


def _bad(name: str, zh: str, en: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"环境变量 {name} {zh} | {name} {en}")


def _development_keys(data: Path) -> dict[str, str]:
    path = data / DEVELOPMENT_FILE
    if not path.exists():
        _make_development_keys(path)
    lines = path.read_text(encoding="ascii").splitlines()
    pairs = (line.partition("=") for line in lines if not line.startswith("#"))
    keys = {name: value for name, _, value in pairs if value}
    if not set(NAMES) <= set(keys):
        raise ImproperlyConfigured(
            f"开发密钥文件 {path} 不完整；若数据不要了，删除它和数据库后会重新生成 | "
            f"the development key file {path} is incomplete"
        )
    return keys


def _make_development_keys(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "# For development only: DOUDI_PRODUCTION=1 refuses this file.\n"
    text += f"{SECRET_KEY}={secrets.token_urlsafe(SHORTEST_SECRET)}\n"
    for name in (ID_KEY, INDEX_KEY):
        text += f"{name}={base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}\n"
    unfinished = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
    try:
        # A link is made whole and once, so two first starts end up with the same keys.
        path.hardlink_to(unfinished)
    except FileExistsError:
        pass
    finally:
        unfinished.unlink()
