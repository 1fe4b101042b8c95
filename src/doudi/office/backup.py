"""Copying the whole office to one file and back: the database, and the figures it adopted.

The file is a plain tar of

- ``SHA256SUMS``: the hash of each of the others, as `sha256sum --check` reads it;
- ``database``: the copy that SQLite's backup interface or ``pg_dump`` makes;
- ``adoptions/…``: the adoption files of the data folder, and which of them is in force.

It holds everything but the keys: without ``DOUDI_ID_KEY`` and ``DOUDI_INDEX_KEY`` a restored
database shows no ID number and finds nobody by one. Keep the keys apart from the copies.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from doudi.office.settlement.policy import ADOPTIONS, CURRENT

_DATABASE, _SUMS = "database", "SHA256SUMS"
_NAME = re.compile(rf"^{ADOPTIONS}/({CURRENT}|[0-9a-f]{{16}}\.yaml)$")
"""What an adoption file is called; nothing else is put into the data folder."""


class BackupRefused(Exception):
    """Not copied or not restored; ``zh`` says why. Nothing was overwritten."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


def back_up(path: Path) -> None:
    """Copy the office as it is at this moment, while everybody works on."""
    if path.exists():
        raise BackupRefused(f"文件已存在，不覆盖：{path}", f"{path} exists already")
    unfinished = path.with_name(f"{path.name}.unfinished")
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f"{path.name}.") as folder:
        database = Path(folder, _DATABASE)
        _copy_database(database)
        files = {_DATABASE: database, **_adoption_files()}
        sums = "".join(f"{_sum(file)}  {name}\n" for name, file in files.items())
        with tarfile.open(unfinished, "w") as tar:
            _add_text(tar, _SUMS, sums)
            for name, file in files.items():
                tar.add(file, name, recursive=False)
    unfinished.chmod(0o600)
    unfinished.replace(path)


def restore(path: Path) -> None:
    """Put a copy into an empty database and its adoption files into the data folder.

    BackupRefused, with nothing done, when there is anything in the database, when another
    adoption file lies in its place, and for a copy whose files are not what it says of them.
    """
    if not path.is_file():
        raise BackupRefused(f"没有这个文件：{path}", f"there is no file {path}")
    if connection.introspection.table_names():
        zh = "数据库不是空的，不覆盖；请先新建一个空库"
        raise BackupRefused(zh, "the database is not empty: make a new one first")
    if not tarfile.is_tarfile(path):
        # A copy from before adoption files were taken along: the database alone.
        _restore_database(path)
        return
    with _unpacked(path) as files:
        adoptions = {name: file.read_bytes() for name, file in files.items() if name != _DATABASE}
        _refuse_to_overwrite(adoptions)
        _restore_database(files[_DATABASE])
        # The name of the one in force last, so that it never names what is not there.
        for name in sorted(adoptions, key=lambda name: name.endswith(CURRENT)):
            target = Path(settings.DATA, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(adoptions[name])


def _adoption_files() -> dict[str, Path]:
    found = sorted(Path(settings.DATA, ADOPTIONS).glob("*"))
    named = {f"{ADOPTIONS}/{file.name}": file for file in found}
    return {name: file for name, file in named.items() if _NAME.match(name)}


def _add_text(tar: tarfile.TarFile, name: str, text: str) -> None:
    content = text.encode()
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    tar.addfile(entry, io.BytesIO(content))


def _sum(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


@contextmanager
def _unpacked(path: Path) -> Iterator[dict[str, Path]]:
    """The files of a copy by name, each of them what ``SHA256SUMS`` says."""
    # In the data folder: there is room for a database, and copies may lie where nobody writes.
    Path(settings.DATA).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.DATA, prefix="restoring.") as folder:
        try:
            with tarfile.open(path) as tar:
                _take_out(tar, Path(folder))
            lines = Path(folder, _SUMS).read_text(encoding="utf-8").splitlines()
        except (OSError, tarfile.TarError, UnicodeError) as error:
            raise _broken(_SUMS) from error
        files: dict[str, Path] = {}
        for line in lines:
            digest, _spaces, name = line.partition("  ")
            file = Path(folder, name)
            if not _is_ours(name) or not file.is_file() or _sum(file) != digest:
                raise _broken(name)
            files[name] = file
        if _DATABASE not in files:
            raise _broken(_DATABASE)
        yield files


def _take_out(tar: tarfile.TarFile, folder: Path) -> None:
    """Write down the files that a copy has; whatever else is in the tar stays there."""
    Path(folder, ADOPTIONS).mkdir()
    for member in tar:
        content = tar.extractfile(member) if _is_ours(member.name) else None
        if content is not None:
            with Path(folder, member.name).open("wb") as file:
                shutil.copyfileobj(content, file)


def _is_ours(name: str) -> bool:
    return name in (_DATABASE, _SUMS) or _NAME.match(name) is not None


def _broken(name: str) -> BackupRefused:
    return BackupRefused(
        f"备份已损坏或被改动，未恢复：{name} 与 SHA256SUMS 不符",
        f"the copy is damaged or was altered: {name} is not what {_SUMS} says",
    )


def _refuse_to_overwrite(adoptions: Mapping[str, bytes]) -> None:
    for name, content in adoptions.items():
        target = Path(settings.DATA, name)
        if target.exists() and target.read_bytes() != content:
            zh = f"数据文件夹里已有另一份 {name}，不覆盖；请先移走"
            raise BackupRefused(zh, f"the data folder has another {name}: move it away first")


def _copy_database(path: Path) -> None:
    if connection.vendor == "postgresql":
        _run("pg_dump", "--format=custom", "--no-owner", f"--file={path}")
        return
    # Through the connection in use, so that one transaction sees the whole database.
    connection.ensure_connection()
    with closing(sqlite3.connect(path)) as copy:
        connection.connection.backup(copy)


def _restore_database(path: Path) -> None:
    if connection.vendor == "postgresql":
        options = ("--no-owner", "--exit-on-error", "--single-transaction")
        _run("pg_restore", *options, f"--dbname={connection.settings_dict['NAME']}", str(path))
        return
    connection.ensure_connection()
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as copy:
        copy.backup(connection.connection)


def _run(program: str, *arguments: str) -> None:
    """Run a program of PostgreSQL against this database, its password never on a command line."""
    connection.close()
    given = connection.settings_dict
    named = {
        "PGHOST": given.get("HOST") or given["OPTIONS"].get("host"),
        "PGPORT": given.get("PORT"),
        "PGUSER": given.get("USER"),
        "PGPASSWORD": given.get("PASSWORD"),
        "PGDATABASE": given["NAME"],
    }
    environment = os.environ | {name: str(value) for name, value in named.items() if value}
    try:
        ran = subprocess.run(
            [program, *arguments], env=environment, capture_output=True, text=True, check=False
        )
    except FileNotFoundError as error:
        zh = f"找不到 {program}，请安装 PostgreSQL 客户端"
        raise BackupRefused(zh, f"{program} is not installed") from error
    if ran.returncode:
        last = (ran.stderr.strip().splitlines() or [""])[-1]
        raise BackupRefused(f"{program} 失败：{last}", f"{program} failed: {last}")
