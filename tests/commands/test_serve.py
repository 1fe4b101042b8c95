"""`doudi demo` and `doudi serve` as processes of their own: what they print, serve and refuse."""

from __future__ import annotations

import base64
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from time import sleep
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener, urlopen

import pytest
from tests.commands.conftest import ROOT

from doudi.office.serving import free_port

ROLES = ("village", "sumu", "clerk", "hospital", "banner", "league", "auditor", "administrator")
PRODUCTION = {
    "DOUDI_PRODUCTION": "1",
    "DOUDI_PLAIN_HTTP": "1",
    "DOUDI_SECRET_KEY": "for this test only " * 3,
    "DOUDI_ID_KEY": base64.b64encode(b"i" * 32).decode(),
    "DOUDI_INDEX_KEY": base64.b64encode(b"x" * 32).decode(),
}


def environment(folder: Path, **more: str) -> dict[str, str]:
    ours = ("DOUDI_", "DATABASE_URL", "DJANGO_")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return clean | {
        "PYTHONPATH": str(ROOT / "src"),
        "PYTHONIOENCODING": "utf-8",
        "PYTHONUNBUFFERED": "1",
        "DOUDI_DATA": str(folder),
        **more,
    }


def run(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "doudi", *arguments],
        env=environment(folder, **more),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@contextmanager
def started(
    folder: Path, *arguments: str, **more: str
) -> Generator[tuple[subprocess.Popen[str], str, list[str]]]:
    """The process as soon as it says where the site is, its address, and the lines so far."""
    with subprocess.Popen(
        [sys.executable, "-m", "doudi", *arguments],
        env=environment(folder, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        lines: list[str] = []
        try:
            for line in process.stdout:
                lines.append(line.rstrip("\n"))
                found = re.search(r"http://[\d.:]+", line)
                if found:
                    yield process, found[0], lines
                    break
            else:
                raise AssertionError("\n".join(lines))
        finally:
            process.send_signal(signal.SIGINT)
            _wait_or_kill(process)


def _wait_or_kill(process: subprocess.Popen[str]) -> None:
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise


@contextmanager
def running(folder: Path, *arguments: str, **more: str) -> Generator[tuple[str, list[str]]]:
    """The address of the site, and the lines printed before it; ended as Ctrl+C ends it."""
    with started(folder, *arguments, **more) as (_process, address, lines):
        _wait_for(address)
        yield address, lines


def _wait_for(address: str) -> None:
    for _attempt in range(200):
        try:
            urlopen(f"{address}/healthz").close()
        except HTTPError:
            return
        except OSError:
            sleep(0.1)
        else:
            return
    raise AssertionError("the site does not answer")


def log_in(address: str, username: str, password: str) -> str:
    """The first page after the login, or the login page again."""
    opener = build_opener(HTTPCookieProcessor(CookieJar()))
    form = opener.open(f"{address}/login").read().decode()
    token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', form)[0]
    fields = {"username": username, "password": password, "csrfmiddlewaretoken": token}
    request = Request(f"{address}/login", urlencode(fields).encode(), {"Referer": address})
    text: str = opener.open(request).read().decode()
    return text


@pytest.fixture(scope="module")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


SMALL = ("demo", "--people", "60", "--settlements", "10")


def test_the_demonstration_prints_a_login_for_each_role_and_each_of_them_works(
    demo_folder: Path,
) -> None:
    with running(demo_folder, *SMALL) as (address, lines):
        printed = [line.split()[1:3] for line in lines if " demo-" in line]
        assert [name for name, _password in printed] == [f"demo-{role}" for role in ROLES]
        for name, password in printed:
            assert "工作台" in log_in(address, name, password)
        assert "用户名或密码不对" in log_in(address, "demo-clerk", "wrong")


def test_started_again_it_makes_nothing_anew_and_the_logins_stay(demo_folder: Path) -> None:
    with running(demo_folder, *SMALL) as (_address, first):
        pass
    with running(demo_folder, "demo") as (address, second):
        assert any("已有数据" in line for line in second)
        logins = [line for line in second if " demo-" in line]
        assert logins == [line for line in first if " demo-" in line]
        assert urlopen(f"{address}/healthz").read() == (
            b'{"database": "ok", "migrations": "ok", "seal": "ok", "index_keys": "ok", '
            b'"adoption": "ok"}'
        )


def test_static_files_are_hashed_and_stay_in_the_browser(demo_folder: Path) -> None:
    with running(demo_folder, "serve") as (address, _lines):
        page = urlopen(f"{address}/").read().decode()
        [style] = re.findall(r'"(/static/doudi/base\.\w+\.css)"', page)
        answer = urlopen(f"{address}{style}")
        assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.skipif(sys.platform != "linux", reason="only /proc tells that the processes began")
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_a_server_that_is_told_to_end_while_it_still_loads_ends(
    demo_folder: Path, ending: signal.Signals
) -> None:
    run(demo_folder, "manage", "migrate")
    with started(demo_folder, "serve", "--workers", "2") as (process, _address, _lines):
        # It answers nobody before they have loaded, so only the system knows that they are there.
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        while len(children.read_text().split()) < 2:
            sleep(0.05)
        sleep(0.3)
        process.send_signal(ending)
        assert process.wait(15) == 0


def test_production_refuses_what_was_made_for_the_demonstration(demo_folder: Path) -> None:
    ran = run(demo_folder, "serve", **PRODUCTION)
    assert ran.returncode == 2
    assert ran.stderr.splitlines() == [
        "库里有演示账号，不能正式运行",
        "库里有合成人员，不能正式运行",
    ]
    assert run(demo_folder, "demo", **PRODUCTION).returncode == 2


def test_production_refuses_to_serve_without_keys_of_its_own(tmp_path: Path) -> None:
    ran = run(tmp_path, "serve", DOUDI_PRODUCTION="1")
    assert ran.returncode == 2
    assert "DOUDI_SECRET_KEY" in ran.stderr


def test_a_database_that_is_not_migrated_is_not_served(tmp_path: Path) -> None:
    ran = run(tmp_path, "serve")
    assert (ran.returncode, ran.stderr.strip()) == (
        2,
        "数据库没有升级，先运行 doudi manage migrate",
    )


def test_production_serves_an_office_of_its_own_and_asks_for_a_second_factor(
    tmp_path: Path,
) -> None:
    assert run(tmp_path, "manage", "migrate", **PRODUCTION).returncode == 0
    made = run(
        tmp_path,
        *("manage", "add-account", "first", "管理员", "--role", "administrator"),
        *("--place", "152200000000", "--by", "安装人"),
        **PRODUCTION,
    )
    password = made.stdout.split()[-1]
    with running(tmp_path, "serve", **PRODUCTION) as (address, _lines):
        text = log_in(address, "first", password)
        assert "设置第二道验证" in text
        assert "演示：" not in text


def test_an_adoption_file_that_two_people_did_not_approve_is_refused(tmp_path: Path) -> None:
    run(tmp_path, "manage", "migrate", **PRODUCTION)
    file = str(ROOT / "examples" / "adoption_example.yaml")
    ran = run(tmp_path, "serve", DOUDI_ADOPTION=file, **PRODUCTION)
    assert ran.returncode == 2
    assert "两人复核" in ran.stderr


def test_a_taken_port_is_refused_and_without_one_the_next_is_found() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError):
            free_port("127.0.0.1", taken.getsockname()[1])
    assert free_port("127.0.0.1") >= 8000
