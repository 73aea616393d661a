"""Make docs/report.png: the report of the demo's night, as a desktop and a phone show it.

    make demo && python bench/picture.py [var/report/index.html]

Needs an installed Chromium and Pillow (which comes with matplotlib); nothing of it is needed at run time.
"""

import shutil
import sys
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
DESKTOP, PHONE = (1280, 1500), (390, 1500)
GAP, PAPER = 40, (222, 226, 217)


def shot(browser: Browser, page: Path, size: tuple[int, int], scheme: str) -> Image.Image:
    """The top of the page at that size."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    found = context.new_page()
    found.goto(page.resolve().as_uri())
    image = Image.open(BytesIO(found.screenshot()))
    context.close()
    return image.convert("RGB")


def main() -> None:
    """Both pictures side by side."""
    page = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "var" / "report" / "index.html"
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None or not page.exists():
        sys.exit(f"no Chromium is installed, or there is no {page}: run make demo first")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=QUIET)
        images = [shot(browser, page, DESKTOP, "light"), shot(browser, page, PHONE, "dark")]
        browser.close()
    width = sum(image.width for image in images) + GAP * 3
    whole = Image.new("RGB", (width, DESKTOP[1] + GAP * 2), PAPER)
    left = GAP
    for image in images:
        whole.paste(image, (left, GAP))
        left += image.width + GAP
    target = ROOT / "docs" / "report.png"
    whole.quantize(160, dither=Image.Dither.NONE).save(target, optimize=True)
    print(target, f"{target.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
