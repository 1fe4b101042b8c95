"""Takes the pictures of the site's main pages that the README shows.

    python docs/pictures/pages.py [FOLDER]

starts the demonstration as a new user does, with a database of its own in a temporary folder,
and photographs it in Chromium at the width of a phone and of a desk. Needs what the tests need.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 860}
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
_LOGIN = re.compile(r"(demo-\w+)\s+(\S+)")
_LONGEST_MS = 60_000


@dataclass(frozen=True)
class Site:
    """Where the demonstration is served, and the password of each of its accounts."""

    address: str
    passwords: dict[str, str]


@contextmanager
def demonstration() -> Iterator[Site]:
    """The site that plain ``./doudi`` makes and serves, until the end of the block."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "DOUDI_DATA": folder, "DOUDI_LANG": "zh"}
        server = subprocess.Popen(
            [sys.executable, str(ROOT / "doudi")],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            yield _site(server)
        finally:
            server.terminate()
            server.wait()


def _site(server: subprocess.Popen[str]) -> Site:
    assert server.stdout is not None
    passwords: dict[str, str] = {}
    for line in server.stdout:
        if login := _LOGIN.search(line):
            passwords[login[1]] = login[2]
        if passwords and (found := _ADDRESS.search(line)):
            return Site(found[0], passwords)
    raise SystemExit("the demonstration ended before it was served")


def take_all(site: Site, browser: Browser, folder: Path) -> None:
    """Write every picture into ``folder``."""
    _answer(site, browser, folder)
    _window(site, browser, folder)
    _figures(site, browser, folder)


def _answer(site: Site, browser: Browser, folder: Path) -> None:
    """A registered patient's stay of 12,000 yuan: one question and the answer, on a phone."""
    page = _opened(browser, site, PHONE)
    page.goto("/")
    page.locator("main a").first.click()
    while not page.url.endswith("/check"):
        unclear = page.get_by_role("button", name=re.compile("不清楚"))
        amount = page.locator("main input[type=text]")
        if page.get_by_role("heading", name="这次是怎么看的病").count():
            page.screenshot(path=folder / "question.png")
        if page.locator("main input[type=radio]").count():
            page.locator("main input[type=radio]").first.check()
        elif page.get_by_role("heading", name="一共花了多少钱").count():
            amount.fill("12000")
        else:
            unclear.click()
            continue
        page.get_by_role("button", name="继续").click()
    page.locator("main a").last.click()
    page.set_viewport_size({"width": PHONE["width"], "height": 1_240})
    page.screenshot(path=folder / "answer.png")


def _window(site: Site, browser: Browser, folder: Path) -> None:
    """The bill of the last stay that the hospital settled, at its window."""
    page = _logged_in(browser, site, "demo-clerk")
    page.goto("/window/unpaid")
    page.locator("table.data a").first.click()
    page.set_viewport_size({"width": DESK["width"], "height": 1_080})
    page.screenshot(path=folder / "window.png")


def _figures(site: Site, browser: Browser, folder: Path) -> None:
    """What the league sees of the year."""
    page = _logged_in(browser, site, "demo-league")
    page.goto("/desk/figures/")
    page.screenshot(path=folder / "figures.png")


def _opened(browser: Browser, site: Site, size: dict[str, int]) -> Page:
    context = browser.new_context(
        base_url=site.address,
        viewport={"width": size["width"], "height": size["height"]},
        locale="zh-CN",
    )
    page = context.new_page()
    page.set_default_timeout(_LONGEST_MS)
    return page


def _logged_in(browser: Browser, site: Site, account: str) -> Page:
    page = _opened(browser, site, DESK)
    page.goto("/login")
    page.get_by_label("用户名").fill(account)
    page.get_by_label("密码").fill(site.passwords[account])
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/desk/")
    return page


def main() -> None:
    """Take the pictures into the folder that is named, or beside this file."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    folder.mkdir(parents=True, exist_ok=True)
    with demonstration() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("chromium-browser"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        take_all(site, browser, folder)
        browser.close()


if __name__ == "__main__":
    main()
