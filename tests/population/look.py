"""Opens pages in Chromium, in a process of its own: a process holds only one Playwright at a time.

    python -m tests.population.look WIDTH FILE…

prints, for each file, how wide it came out, what it asked the network for and what axe finds.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright
from tests.office.web.browser import chromium


def look(browser: Browser, path: Path, width: int) -> dict[str, Any]:
    """What a page does at this width."""
    page = browser.new_page(viewport={"width": width, "height": 800})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    wide = page.evaluate("document.documentElement.scrollWidth")
    faults = Axe().run(page)
    page.close()
    report = faults.generate_report() if faults.violations_count else ""
    return {"width": wide, "asked": asked, "faults": report}


def main(width: int, paths: list[Path]) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        print(json.dumps([look(browser, path, width) for path in paths]))
        browser.close()


if __name__ == "__main__":
    main(int(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
