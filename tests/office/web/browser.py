"""A real Chromium on the real site: a server on a free port, a page that tells on itself."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from playwright.sync_api import Browser, Page, Request, sync_playwright

_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


class NoChromium(Exception):
    """There is no Chromium, and none can be installed."""


def chromium() -> str:
    """The path of Chromium, which is installed where that is possible."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found:
        return found
    if os.name != "posix" or os.getuid() != 0 or not shutil.which("apt-get"):
        raise NoChromium("the tests of the pages need Chromium: sudo apt-get install chromium")
    with Path(tempfile.gettempdir(), "doudi-chromium.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not shutil.which("chromium"):
            for command in (["update", "-qq"], ["install", "-y", "-qq", "chromium"]):
                subprocess.run(["apt-get", *command], check=True, capture_output=True)
    return chromium()


@contextmanager
def running_browser() -> Generator[Browser]:
    """One Chromium for all the tests of a process."""
    # It runs a loop in the tests' thread, where Django would refuse to work otherwise.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=_ARGUMENTS)
        yield browser
        browser.close()


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        del format, args


@contextmanager
def running_site() -> Generator[str]:
    """The address of the site, served in threads of this process on a free port."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet)
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass
class Watched:
    """What a page did that it must not: requests to others, errors in its console."""

    site: str
    elsewhere: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Note everything from now on."""
        page.on("request", self._asked)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.site, "data:", "blob:")):
            self.elsewhere.append(request.url)

    def _said(self, message: Any) -> None:
        # A refused page (403, 404, 429) is reported here too, and is no fault of the page.
        if (
            message.type == "error"
            and "the server responded with a status of 4" not in message.text
        ):
            self.complaints.append(message.text)


def assert_accessible(page: Page) -> None:
    """axe finds nothing wrong with the page as it stands."""
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


_SIDEWAYS = """() => [document.documentElement, ...document.querySelectorAll('.table-frame')]
    .filter(one => one.scrollWidth > one.clientWidth + 1).length"""


def assert_nothing_scrolls_sideways(page: Page) -> None:
    """The page and each of its tables are no wider than what shows them."""
    assert page.evaluate(_SIDEWAYS) == 0, (page.url, page.viewport_size)
