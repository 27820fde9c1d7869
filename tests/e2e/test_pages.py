"""The pages as a listener meets them: a real browser in front of the whole stack."""

import re
import zipfile

import pytest
from playwright.sync_api import expect
from tests.e2e.browser import opened
from tests.eventually import eventually
from tests.listening.archives.builders import FOLDER, a_row, as_json

PHONES = (320, 375)


@pytest.fixture
def page(browser, stack):
    with opened(browser, stack.url) as page:
        yield page


def show_demo_listener(page, path="/"):
    """Imports of other tests may have brought in a listener of their own."""
    page.goto(path)
    switcher = page.get_by_label("Listener", exact=True)
    if switcher.count():
        switcher.select_option(label="Demo listener")
        page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("This listener and these plays are invented.")).to_be_visible()


def an_export(folder, **changes):
    """Three rows: a play, the same row again, and one that nobody can read."""
    path = folder / "my_spotify_data.zip"
    rows = as_json(a_row(**changes), a_row(**changes), a_row(ms_played="long"))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{FOLDER}Streaming_History_Audio_2024_0.json", rows)
    return path


def reload_until_visible(page, wanted):
    """What a person without scripts does."""

    def look():
        page.wait_for_load_state()
        page.reload()
        return wanted.is_visible()

    eventually(look, timeout=30)


def test_the_first_page_shows_the_demo_listener(page):
    show_demo_listener(page)

    expect(page.get_by_role("heading", name="A demo listener")).to_be_visible()
    expect(page.get_by_text("In Spotify's own order").first).to_be_visible()
    expect(page.get_by_role("heading", name="Spotify is connected")).to_be_visible()


def test_an_insight_arrives_by_itself_and_its_evidence_opens(page):
    show_demo_listener(page)
    page.get_by_text("In Spotify's own order").first.wait_for()

    page.get_by_role("radio", name="Roast").check()
    page.get_by_role("button", name="Generate an insight").click()
    claim = page.locator("a.claim").first
    claim.click()

    expect(page).to_have_url(re.compile(r"/wellness\?insight=[-0-9a-f]{36}#evidence-1$"))
    expect(page.locator("#evidence-1")).to_be_visible()
    expect(page.locator("#evidence-1")).to_contain_text("Demo Spotify")
    expect(claim).to_have_attribute("aria-current", "true")


def has_been_ingested(page):
    """The first ingest of the demo listener may still be under way."""
    page.reload()
    return page.get_by_role("button", name="Generate an insight").count() > 0


def test_the_evidence_of_one_claim_replaces_that_of_another(page):
    show_demo_listener(page, "/wellness")
    eventually(lambda: has_been_ingested(page), timeout=30)
    page.get_by_role("button", name="Generate an insight").click()

    page.locator('a.claim[href="#evidence-1"]').first.click()
    page.locator('a.claim[href="#evidence-2"]').first.click()

    expect(page.locator("#evidence-2")).to_be_visible()
    expect(page.locator("#evidence-1")).to_be_hidden()


def test_an_uploaded_export_is_accounted_for_row_by_row(page, tmp_path):
    page.goto("/")

    page.get_by_label("Drop my_spotify_data.zip here").set_input_files(an_export(tmp_path))
    page.get_by_role("button", name="Import").click()

    activity = page.locator("#activity")
    expect(activity.get_by_role("heading")).to_have_text(re.compile("^3 rows in, .* accounted for"))
    expect(activity.get_by_role("row", name="Not readable 1")).to_be_visible()
    expect(activity.get_by_role("row", name="All rows 3")).to_be_visible()
    expect(page.get_by_role("heading", name="Your listening")).to_be_visible()


def test_a_file_that_is_no_history_is_explained(page, tmp_path):
    path = tmp_path / "notes.json"
    path.write_text("[]")
    page.goto("/")

    page.get_by_label("Drop my_spotify_data.zip here").set_input_files(path)
    page.get_by_role("button", name="Import").click()

    activity = page.locator("#activity")
    expect(activity.get_by_role("heading")).to_have_text("notes.json could not be imported")
    expect(activity.get_by_text("There is no listening history in it.")).to_be_visible()


def test_collecting_now_ends_with_what_was_collected(page):
    show_demo_listener(page)

    page.get_by_role("button", name="Collect now").click()

    outcome = re.compile("^(Collected: .* added|Nothing new to collect)$")
    expect(page.locator("#job-title")).to_have_text(outcome)


@pytest.mark.parametrize("width", PHONES)
@pytest.mark.parametrize("path", ["/", "/wellness"])
def test_a_phone_shows_every_page_without_scrolling_sideways(browser, stack, width, path):
    with opened(browser, stack.url, viewport={"width": width, "height": 700}) as page:
        show_demo_listener(page, path)

        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_without_javascript_an_upload_still_arrives(browser, stack, tmp_path):
    with opened(browser, stack.url, java_script_enabled=False) as page:
        page.goto("/")

        page.get_by_label("Choose my_spotify_data.zip").set_input_files(an_export(tmp_path))
        page.get_by_role("button", name="Import").click()

        expect(page).to_have_url(re.compile(r"/\?user=.*&import="))
        title = page.locator("#activity h2")
        expect(title).to_contain_text(re.compile("my_spotify_data|rows in"))


def test_an_import_is_undone_on_the_page_and_its_end_arrives_by_itself(page, tmp_path):
    page.goto("/")
    path = an_export(tmp_path, ts="2023-02-03T10:00:00Z")
    page.get_by_label("Drop my_spotify_data.zip here").set_input_files(path)
    page.get_by_role("button", name="Import").click()
    activity = page.locator("#activity")

    activity.get_by_text("Undo this import").click()
    activity.get_by_role("button", name="Undo it now").click()

    outcome = "The import of my_spotify_data.zip was undone"
    expect(activity.get_by_role("heading")).to_have_text(outcome)


def test_refused_rows_are_downloaded_as_a_table(page, tmp_path):
    page.goto("/")
    page.get_by_label("Drop my_spotify_data.zip here").set_input_files(an_export(tmp_path))
    page.get_by_role("button", name="Import").click()

    with page.expect_download() as download:
        page.locator("#activity").get_by_role("link", name="Refused rows (CSV)").click()

    lines = download.value.path().read_text().splitlines()
    assert lines[0] == "file,row,reason,detail"
    assert ",3,invalid," in lines[1]


def test_without_javascript_an_import_is_undone(browser, stack, tmp_path):
    with opened(browser, stack.url, java_script_enabled=False) as page:
        page.goto("/")
        path = an_export(tmp_path, ts="2023-03-04T10:00:00Z")
        page.get_by_label("Choose my_spotify_data.zip").set_input_files(path)
        page.get_by_role("button", name="Import").click()
        undo = page.locator("#activity").get_by_text("Undo this import")
        reload_until_visible(page, undo)

        undo.click()
        with page.expect_navigation():
            page.locator("#activity").get_by_role("button", name="Undo it now").click()

        reload_until_visible(page, page.get_by_role("heading", name="was undone"))


def test_the_keyboard_reaches_the_content_first(page):
    page.goto("/")

    page.keyboard.press("Tab")

    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
