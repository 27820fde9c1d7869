"""The pictures in docs/images, taken anew of the demo listener.

python -m docs.screenshots
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright
from tests.stack import Stack

IMAGES = Path(__file__).with_name("images")
DESKTOP = {"width": 1280, "height": 1000}
PHONE = {"width": 375, "height": 812}
# A browser that calls nobody, and runs where there is neither a display nor a sandbox.
ARGUMENTS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
MOST_BYTES = 250_000


def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    with Stack.start() as stack, sync_playwright() as playwright:
        executable = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        with opened(browser, stack) as page:
            ask_for_an_insight(page)
            take(page, "wellness")
        for scheme in ("light", "dark"):
            with opened(browser, stack, color_scheme=scheme) as page:
                take(page, f"home-{scheme}")
        with opened(browser, stack, viewport=PHONE) as page:
            take(page, "home-phone")
        browser.close()


@contextmanager
def opened(browser: Browser, stack: Stack, **options: object) -> Iterator[Page]:
    """The front page with the demo listener on it."""
    context = browser.new_context(**{"base_url": stack.url, "viewport": DESKTOP} | options)
    page = context.new_page()
    page.goto("/")
    page.get_by_text("In Spotify's own order").first.wait_for()
    yield page
    context.close()


def ask_for_an_insight(page: Page) -> None:
    """In the first wording, with the evidence of its first claim open."""
    page.get_by_role("radio", name="Supportive").check()
    page.get_by_role("button", name="Generate an insight").click()
    page.locator("a.claim").first.click()
    expect(page.locator("#evidence-1")).to_be_visible()


def take(page: Page, name: str) -> None:
    path = IMAGES / f"{name}.png"
    page.screenshot(path=path, animations="disabled")
    size = path.stat().st_size
    assert size <= MOST_BYTES, f"{path.name} has {size} bytes"


if __name__ == "__main__":
    main()
