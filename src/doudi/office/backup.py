"""Copying the whole database to a file and back, each with its database's own tool.

The file holds everything but the keys: without ``DOUDI_ID_KEY`` and ``DOUDI_INDEX_KEY`` a restored
database shows no ID number and finds nobody by one. Keep the keys apart from the copies.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from django.db import connection


class BackupRefused(Exception):
    """Not copied or not restored; ``zh`` says why. Nothing was overwritten."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


def back_up(path: Path) -> None:
    """Copy the database as it is at this moment, while everybody works on."""
    if path.exists():
        raise BackupRefused(f"文件已存在，不覆盖：{path}", f"{path} exists already")
    unfinished = path.with_name(f"{path.name}.unfinished")
    if connection.vendor == "postgresql":
        _run("pg_dump", "--format=custom", "--no-owner", f"--file={unfinished}")
    else:
        # Through the connection in use, so that one transaction sees the whole database.
        connection.ensure_connection()
        with closing(sqlite3.connect(unfinished)) as copy:
            connection.connection.backup(copy)
    unfinished.chmod(0o600)
    unfinished.replace(path)


def restore(path: Path) -> None:
    """Put a copy into an empty database; BackupRefused when there is anything in it."""
    if not path.is_file():
        raise BackupRefused(f"没有这个文件：{path}", f"there is no file {path}")
    if connection.introspection.table_names():
        zh = "数据库不是空的，不覆盖；请先新建一个空库"
        raise BackupRefused(zh, "the database is not empty: make a new one first")
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
