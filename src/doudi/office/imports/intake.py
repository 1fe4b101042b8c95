"""Taking in an uploaded file: measured, hashed, put aside until it is read, and noted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from doudi.office.audit.services import note
from doudi.office.imports.bounds import MOST_BYTES, RefusedFile, check_upload
from doudi.office.imports.models import PeopleImport
from doudi.office.registry.changes import check_choice, one_change
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.models import Division

_HEAD_BYTES = 4096
_NAME_LENGTH = 200
_STALE_SECONDS = 60


def receive_file(
    *,
    actor: str,
    reason: str,
    division_code: str,
    name: str,
    chunks: Iterable[bytes],
    content: str = PeopleImport.Content.PEOPLE,
    synthetic: bool = False,
) -> PeopleImport:
    """Keep a file about people of a division for reading; RegistryRefused for one that is not read.

    It lies in the data folder, readable by the office only, and is removed once it was read.
    """
    division = Division.objects.filter(pk=division_code).first()
    if division is None:
        raise RegistryRefused(f"没有这个区划：{division_code}", f"no division {division_code}")
    check_choice("文件内容", "content", content, PeopleImport.Content.values)
    waiting = PeopleImport(
        content=content,
        division=division,
        file_name=_plain_name(name),
        uploaded_by=actor,
        note=reason,
        synthetic=synthetic,
    )
    path = file_of(waiting)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        waiting.file_bytes, waiting.file_sha256 = _write(path, chunks, waiting.file_name)
        with one_change(actor, reason):
            waiting.save(force_insert=True)
            detail = {
                "file": waiting.file_name,
                "sha256": waiting.file_sha256,
                "bytes": waiting.file_bytes,
                "division": division.code,
                "content": content,
            }
            _note(waiting, actor, reason, "receive_file", detail)
    except RefusedFile as refused:
        path.unlink(missing_ok=True)
        raise RegistryRefused(refused.zh, refused.en) from None
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return waiting


def discard_import(*, actor: str, reason: str, public_id: str) -> None:
    """Give up a file that is not recorded: what was read of it is removed, that it came stays."""
    with one_change(actor, reason):
        waiting = locked_import(public_id)
        if waiting.state not in (
            PeopleImport.State.STAGED,
            PeopleImport.State.FAILED,
            PeopleImport.State.READING,
        ):
            raise RegistryRefused("这份文件已经处理过了", "the import is decided already")
        waiting.staged.all().delete()
        waiting.state = PeopleImport.State.DISCARDED
        waiting.decided_by, waiting.decided_at = actor, timezone.now()
        waiting.save()
        _note(waiting, actor, reason, "discard_import", {"file": waiting.file_name})
    file_of(waiting).unlink(missing_ok=True)


def locked_import(public_id: str) -> PeopleImport:
    """The import, which nobody else decides until this transaction ends."""
    found = PeopleImport.objects.select_for_update().filter(public_id=public_id).first()
    if found is None:
        raise RegistryRefused("没有这次导入", "there is no such import")
    return found


def file_of(waiting: PeopleImport) -> Path:
    """Where the file of an import lies while it waits to be read."""
    suffix = Path(waiting.file_name).suffix.lower()
    return Path(settings.DATA) / "imports" / f"{waiting.public_id}{suffix}"


def is_stuck(waiting: PeopleImport) -> bool:
    """Whether the process that reads the file seems to have died."""
    if waiting.state != PeopleImport.State.READING:
        return False
    return (timezone.now() - waiting.beat_at).total_seconds() > _STALE_SECONDS


def _plain_name(name: str) -> str:
    """The file's own name: no folders, nothing unprintable, not too long, its ending kept."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(letter for letter in last if letter.isprintable()).strip() or "?"
    suffix = Path(plain).suffix[:10]
    return plain[: _NAME_LENGTH - len(suffix)].removesuffix(suffix) + suffix


def _write(path: Path, chunks: Iterable[bytes], name: str) -> tuple[int, str]:
    digest = hashlib.sha256()
    size = 0
    head = b""
    with path.open("xb") as file:
        path.chmod(0o600)
        for chunk in chunks:
            size += len(chunk)
            if size > MOST_BYTES:
                break
            head = head or chunk[:_HEAD_BYTES]
            digest.update(chunk)
            file.write(chunk)
    check_upload(name, size, head)
    return size, digest.hexdigest()


def _note(
    waiting: PeopleImport, actor: str, reason: str, service: str, detail: dict[str, object]
) -> None:
    subject = f"import:{waiting.public_id}"
    note(actor=actor, reason=reason, service=service, subject=subject, detail=detail)
