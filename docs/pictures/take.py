"""Takes the picture of the report that docs/population.md shows, from real output.

    python docs/pictures/take.py [FILE]

makes synthetic claims, compares the example reform with today, and photographs the top of the
report in Chromium. Needs what the tests need.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
PICTURE = Path(__file__).with_name("reform-report.png")
WIDTH, HEIGHT = 960, 1_290


def take(target: Path) -> None:
    """Write the picture to ``target``."""
    with tempfile.TemporaryDirectory() as folder:
        claims, report = Path(folder, "claims.parquet"), Path(folder, "report.html")
        doudi("synthetic-claims", claims, "--people", "6000")
        reform = ROOT / "examples" / "reforms" / "lower_ceilings.yaml"
        doudi("compare", claims, "--reform", reform, "--html", report, "--made", "2018-12-31")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium") or shutil.which("chromium-browser"),
                args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
            )
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
            page.goto(report.as_uri())
            page.screenshot(path=target)
            browser.close()


def doudi(*arguments: str | Path) -> None:
    """Run a command of this checkout, in Chinese."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "DOUDI_LANG": "zh"}
    subprocess.run([sys.executable, "-m", "doudi", *arguments], env=environment, check=True)


if __name__ == "__main__":
    take(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURE)
