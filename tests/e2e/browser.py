"""A real browser, and a page in it that remembers everything it complained about."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

# A browser that calls nobody, and runs where there is neither a display nor a sandbox.
ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE_MS = 30_000


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        path = _executable(playwright)
        if path is None:
            reason = "no Chromium: install one, or run `playwright install chromium`"
            assert "CI" not in os.environ, reason
            pytest.skip(reason)
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def opened(browser: Browser, base_url: str, **options: object) -> Iterator[Page]:
    """A page without history; fails at its end when the browser found fault with anything.

    A violated content security policy is such a fault, for the browser writes it to the console.
    """
    context = browser.new_context(base_url=base_url, **options)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda said: said.type in {"error", "warning"} and faults.append(said.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("requestfailed", lambda request: faults.append(f"{request.url} {request.failure}"))
    try:
        yield page
    finally:
        context.close()
    assert faults == []


def _executable(playwright: Playwright) -> str | None:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    own = playwright.chromium.executable_path
    return found or (own if Path(own).exists() else None)
