"""The report in a browser: quiet, narrow enough for a telephone, and every number opens its chain."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from ostra.model.base import UNKNOWN
from ostra.show.printed.page import render_html
from ostra.show.printed.volume import make_volume
from sample_assessment import sample_assessment

CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: apt-get install chromium")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(render_html(sample_assessment()), encoding="utf-8")
    return path.as_uri()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    opened.goto(address)
    yield opened
    opened.close()


def test_the_page_is_quiet_and_asks_for_nothing(browser: Browser, address: str) -> None:
    """No console message, no script error, no request but the page itself."""
    page = browser.new_page()
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("request", lambda request: heard.append(request.url) if not request.url.startswith("data:") else None)
    page.goto(address)
    page.locator("#summary a.ev").first.click()
    page.keyboard.press("Escape")
    assert heard == [address]
    page.close()


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_the_page_never_scrolls_sideways(browser: Browser, address: str, width: int) -> None:
    """Wide tables scroll in their own frame, which the keyboard can reach; the page does not."""
    page = browser.new_page(viewport={"width": width, "height": 844})
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    frames = page.locator(".scroll")
    assert frames.count() > 3
    assert frames.evaluate_all("all => all.every(one => one.tabIndex === 0 && one.role !== null)")
    page.close()


def test_a_number_opens_its_chain_by_click(page: Page) -> None:
    """The dialog names the number, follows its inputs, goes back, and gives the focus back when closed."""
    number = page.locator("#summary .level a.ev").first
    number.click()
    dialog = page.locator("dialog#chain")
    assert dialog.is_visible()
    assert "level.resilience.challenge" in dialog.inner_text()
    dialog.locator("a.ev").first.click()
    assert "finding.chain_hold.resilience.automotive.CHN.chain" in dialog.inner_text()
    page.get_by_role("button", name="Back", exact=True).click()
    assert "level.resilience.challenge" in dialog.inner_text()
    page.get_by_role("button", name="Close").click()
    assert not dialog.is_visible()
    assert number.evaluate("one => one === document.activeElement")


def test_a_number_opens_its_chain_by_keyboard(page: Page) -> None:
    """Enter opens, Escape closes, the focus returns to the number."""
    number = page.locator("#summary table a.ev").first
    number.focus()
    page.keyboard.press("Enter")
    assert page.locator("dialog#chain").is_visible()
    assert page.locator("dialog#chain :focus").count() == 1
    page.keyboard.press("Escape")
    assert not page.locator("dialog#chain").is_visible()
    assert number.evaluate("one => one === document.activeElement")


def test_links_in_pictures_open_the_chain_too(page: Page) -> None:
    """A point of a time series is a link like any number."""
    page.locator('#series svg a[href^="#ev-"]').first.dispatch_event("click")
    assert "trade." in page.locator("dialog#chain").inner_text()


def test_the_chain_can_be_followed_to_the_list(page: Page) -> None:
    """From the dialog one comes to the entry in the annex and to the source."""
    page.locator("#summary a.ev").first.click()
    page.get_by_role("link", name="Show in the list of evidence").click()
    assert not page.locator("dialog#chain").is_visible()
    assert page.evaluate("location.hash").startswith("#ev-level.")


def test_without_script_a_number_leads_to_the_annex(browser: Browser, address: str) -> None:
    """The same links work as plain links."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    page.locator("#summary .level a.ev").first.click()
    assert page.url.endswith("#ev-level.resilience.challenge")
    assert page.locator(r"#ev-level\.resilience\.challenge").is_visible()
    context.close()


def test_the_skip_link_is_the_first_stop(page: Page) -> None:
    """The first press of Tab offers the way past the contents."""
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to the summary"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_dependency_table_sorts_both_ways(page: Page) -> None:
    """A heading sorts by number, says so, and turns round when pressed again."""
    button = page.locator("#dependencies thead").get_by_role("button", name="Their hold")
    cells = "rows => rows.map(row => Number(row.cells[5].dataset.sort))"
    button.click()
    ascending = page.locator("#dependencies tbody tr").evaluate_all(cells)
    assert ascending == sorted(ascending)
    button.click()
    descending = page.locator("#dependencies tbody tr").evaluate_all(cells)
    assert descending == ascending[::-1] or descending == sorted(ascending, reverse=True)
    assert page.locator("#dependencies th[aria-sort=descending]").count() == 1


def test_data_and_pictures_can_be_saved(page: Page, tmp_path: Path) -> None:
    """CSV, SVG and PNG downloads have names and contents of their kind."""
    for name, start in (("Data (CSV)", b"supplier,item"), ("Picture (SVG)", b"<svg"), ("Picture (PNG)", b"\x89PNG")):
        with page.expect_download() as waiting:
            page.locator("#flows .buttons").get_by_text(name).click()
        target = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(target)
        assert target.read_bytes().startswith(start)


def test_text_on_shades_has_enough_contrast(page: Page) -> None:
    """Every shaded cell and card reaches 4.5 to 1 (WCAG 2.2, 1.4.3)."""
    script = """all => all.map(one => {
      const channel = text => text.match(/[\\d.]+/g).slice(0, 3).map(Number).map(v => v / 255)
        .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
      const light = text => { const [r, g, b] = channel(text); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
      const style = getComputedStyle(one);
      const [a, b] = [light(style.color), light(style.backgroundColor)].sort((x, y) => y - x);
      return (a + 0.05) / (b + 0.05);
    })"""
    ratios = page.locator("p.level.s0, p.level.s1, p.level.s2, p.level.s4, td.s1, td.s2, td.s4").evaluate_all(script)
    assert len(ratios) > 8
    assert min(ratios) >= 4.5


def test_a_box_of_the_map_leads_to_its_row_though_it_is_folded_away(page: Page) -> None:
    """An item without dependency or evidence leads to its row in the table, which opens for it."""
    box = page.locator('#picture-ecosystem a[href="#item-skills"]')
    box.focus()
    page.keyboard.press("Enter")
    assert page.locator("#item-skills").is_visible()


@pytest.fixture(scope="module")
def volume_address(tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("volume") / "volume.html"
    first = sample_assessment()
    unknown = tuple(d.model_copy(update={"hold": UNKNOWN}) for d in first.step1.dependencies)
    names = {"ecosystem": "other", "id": "other-EU27-2023", "title": "Other chips"}
    second = first.model_copy(update=names | {"step1": first.step1.model_copy(update={"dependencies": unknown})})
    path.write_text(make_volume([first, second]).html(), encoding="utf-8")
    return path.as_uri()


@pytest.mark.parametrize("width", [1280, 390])
def test_a_volume_is_quiet_and_never_scrolls_sideways(browser: Browser, volume_address: str, width: int) -> None:
    """As one report: no message, no request, the page no wider than the screen."""
    page = browser.new_page(viewport={"width": width, "height": 844})
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("request", lambda request: heard.append(request.url) if not request.url.startswith("data:") else None)
    page.goto(volume_address)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert heard == [volume_address]
    page.close()


def test_cells_of_the_matrix_open_the_chain_of_their_chapter(browser: Browser, volume_address: str) -> None:
    """By keyboard, each in its own chapter; a link within the chain stays in the chapter."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(volume_address)
    cell = page.locator('#volume-picture-matrix a[href="#other/ev-level.resilience.challenge"]')
    cell.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("dialog#chain")
    assert "level.resilience.challenge" in dialog.inner_text()
    assert dialog.locator("a.ev").first.get_attribute("href").startswith("#other/ev-")  # type: ignore[union-attr]
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    page.close()


def test_pictures_and_tables_of_a_volume_can_be_saved(browser: Browser, volume_address: str, tmp_path: Path) -> None:
    """The matrix as data and picture; a picture of a chapter under a name that files may have."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(volume_address)
    for place, button, name, start in (
        ("#volume-overview", "Data (CSV)", "ostra-EU27-2023-matrix.csv", b"ecosystem,title,dimension"),
        ("#volume-overview", "Picture (SVG)", "volume-picture-matrix.svg", b"<svg"),
        ('[id="other/flows"]', "Picture (SVG)", "other-picture-flows.svg", b"<svg"),
    ):
        with page.expect_download() as waiting:
            page.locator(f"{place} .buttons").get_by_text(button).click()
        assert waiting.value.suggested_filename == name
        waiting.value.save_as(tmp_path / name)
        assert (tmp_path / name).read_bytes().startswith(start)
    page.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_map_has_one_legend_at_each_width(browser: Browser, address: str, width: int) -> None:
    """The one in the picture where it can be read, the one beside it on a narrow screen."""
    page = browser.new_page(viewport={"width": width, "height": 844})
    page.goto(address)
    assert page.locator("#map svg .own-legend").is_visible() is (width == 1280)
    assert page.locator("#map .legend").is_visible() is (width == 390)
    page.close()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("which", ["address", "volume_address"])
def test_axe_finds_no_barrier(browser: Browser, request: pytest.FixtureRequest, which: str, width: int) -> None:
    """Rules of WCAG 2.2 up to AA, and axe's best practices, on a report and on a volume with two chapters."""
    page = browser.new_page(viewport={"width": width, "height": 844})
    page.goto(request.getfixturevalue(which))
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = Axe().run(page, options={"runOnly": rules, "resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()
    page.close()
