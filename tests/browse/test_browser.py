"""The main journeys in a real browser: Debian's Chromium, led by Playwright.

Every test fails when a page asks anything of another host, logs an error, or answers 500.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Playwright, expect, sync_playwright

from kg.store.archive import Archive
from tests.server.conftest import ROOT, Server

pytestmark = pytest.mark.browser
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
TOKEN = "a secret for the browser"  # invented for these tests
SERIOUS = ("serious", "critical")


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.skip("Chromium is not installed")
    found = playwright.chromium.launch(executable_path=CHROMIUM)
    yield found
    found.close()


@pytest.fixture(scope="module")
def site(release_data: Path, serve: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> str:
    """A server with corrections on, whose judgements go to a file of its own."""
    judgements = tmp_path_factory.mktemp("said") / "judgements.jsonl"
    return serve(
        "--data", release_data,
        KG_BASE="http://127.0.0.1:8000/", KG_EDIT_TOKEN=TOKEN, KG_JUDGEMENTS=str(judgements),
    ).url.rstrip("/")  # fmt: skip


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """Open a page: ``visit("/map", lang="zh-CN", dark=True, width=390, scripts=False)``."""
    contexts = []
    troubles: list[str] = []

    def watch(page: Page) -> None:
        page.on(
            "request",
            lambda r: None if r.url.startswith((site, "data:", "blob:")) else troubles.append(r.url),
        )
        page.on("pageerror", lambda e: troubles.append(str(e)))
        page.on("console", lambda m: troubles.append(m.text) if m.type == "error" else None)
        page.on("response", lambda r: troubles.append(f"{r.status} {r.url}") if r.status >= 500 else None)

    def run(
        path: str,
        *,
        lang: str = "en-GB",
        dark: bool = False,
        width: int = 1280,
        scripts: bool = True,
        touch: bool = False,
    ) -> Page:
        context = browser.new_context(
            locale=lang,
            color_scheme="dark" if dark else "light",
            viewport={"width": width, "height": 900},
            java_script_enabled=scripts,
            has_touch=touch,
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        watch(page)
        page.goto(site + path)
        return page

    yield run
    for context in contexts:
        context.close()
    assert troubles == []


def test_from_a_typed_name_to_an_article_and_its_evidence(visit: Callable[..., Page]) -> None:
    page = visit("/")
    page.get_by_role("combobox").fill("dien bien")
    option = page.get_by_role("option").first
    expect(option).to_contain_text("Điện Biên Phủ")
    page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    page.wait_for_url("**/page/entity/Q36027")
    expect(page.get_by_role("heading", level=1)).to_have_text("Điện Biên Phủ")
    page.locator(".articles .title").first.click()
    page.wait_for_url("**/page/article/1954-05-09/**")
    mark = page.locator(".side[lang=en] .mention.place", has_text="Điện Biên Phủ").first
    mark.hover()
    box = page.locator("#popover")
    expect(box).to_be_visible()
    expect(box).to_contain_text("Q36027")
    expect(box).to_contain_text("both languages agree")
    expect(box).to_contain_text("How often this name means it")
    expect(page.locator(".side[lang=zh-Hans] .mention.lit").first).to_have_text("奠边府")
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()


def test_a_first_tap_shows_the_evidence_and_a_second_goes_there(
    visit: Callable[..., Page], a_battle: str
) -> None:
    page = visit(f"/page/article/{a_battle}", width=390, touch=True)
    mark = page.locator("a.mention.place").nth(1)
    mark.tap()
    box = page.locator("#popover")
    expect(box).to_be_visible()
    assert "#" not in page.url
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
    page.locator("footer").tap(position={"x": 5, "y": 5})
    expect(box).to_be_hidden()
    mark.tap()
    expect(box).to_be_visible()
    mark.tap()
    page.wait_for_url("**#place-*")
    expect(box).to_be_hidden()


def test_the_evidence_opens_by_keyboard_and_can_be_walked_into(
    visit: Callable[..., Page], a_battle: str
) -> None:
    page = visit(f"/page/article/{a_battle}")
    mark = page.locator("a.mention.source").nth(1)
    mark.focus()
    box = page.locator("#popover")
    expect(box).to_be_visible()
    expect(mark).to_have_attribute("aria-describedby", "popover")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#popover') !== null")
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    expect(mark).to_be_focused()


def test_an_event_of_the_text_is_told_beside_it(visit: Callable[..., Page], a_battle: str) -> None:
    page = visit(f"/page/article/{a_battle}", lang="zh-CN")
    page.locator("a.mention.event").first.hover()
    expect(page.locator("#popover")).to_contain_text("时间")
    page.locator("#popover h3 a").click()
    page.wait_for_url("**/page/event/**")
    assert page.locator("html").get_attribute("lang") == "zh-Hans"


def test_what_is_not_to_be_marked_stays_so_from_article_to_article(
    visit: Callable[..., Page], site: str, a_battle: str
) -> None:
    page = visit(f"/page/article/{a_battle}")
    mark, other = page.locator(".texts .mention.place").first, page.locator(".texts .mention.source").first

    def shade(of: Locator) -> str:
        return str(of.evaluate("e => getComputedStyle(e).backgroundColor"))

    clear = "rgba(0, 0, 0, 0)"
    assert shade(mark) != clear
    page.get_by_role("checkbox", name="Places").uncheck()
    assert (shade(mark), shade(other) != clear) == (clear, True)
    page.goto(f"{site}/page/article/{a_battle}?lang=zh")
    assert not page.get_by_role("checkbox", name="地点").is_checked()
    assert shade(mark) == clear
    page.get_by_role("checkbox", name="地点").check()
    page.reload()
    assert shade(mark) != clear
    plain = visit(f"/page/article/{a_battle}", scripts=False)
    plain.get_by_role("checkbox", name="Places").uncheck()
    assert shade(plain.locator(".texts .mention.place").first) == clear


def test_a_list_is_narrowed_by_a_name_while_it_is_typed(visit: Callable[..., Page]) -> None:
    page = visit("/timeline?type=conference")
    page.get_by_label("Must name").press_sequentially("beij")
    page.get_by_role("option", name="Beijing").first.click()
    page.wait_for_url(re.compile(r"/timeline\?type=conference&entity=Q956$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Beijing")


def test_search_is_narrowed_step_by_step_and_taken_home(visit: Callable[..., Page]) -> None:
    page = visit("/")
    page.get_by_role("combobox").fill("停火")
    page.get_by_role("button", name="Search").click()
    page.wait_for_url("**/search?q=*")
    expect(page.locator("mark").first).to_have_text("停火")
    page.locator(".facets a", has_text="Agence France-Presse").click()
    expect(page.locator(".chosen .tag.source")).to_contain_text("Agence France-Presse")
    assert "entity=Q40464" in page.url
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert Path(download.value.path()).read_text(encoding="utf-8").startswith("article,date,page")
    page.locator(".chosen .tag.source").click()
    assert "entity" not in page.url


def test_a_search_is_seen_on_a_map_over_the_years_and_by_what_it_names(visit: Callable[..., Page]) -> None:
    page = visit("/search?q=新华社&text_lang=zh%2Ben")
    tabs = page.locator(".tabs")
    tabs.get_by_text("Map").click()
    page.wait_for_selector("#map.live[data-ready]")
    expect(page.locator("#map .leaflet-tooltip.name").first).to_be_visible()
    tabs.get_by_text("Years").click()
    expect(page.locator("figure.trends path").first).to_be_visible()
    tabs.get_by_text("Most named").click()
    number = page.locator(".tops td.n a").first
    n = number.inner_text()
    number.click()
    expect(page.locator("[role=status]")).to_contain_text(f"{n} article")
    assert "entity=" in page.url
    assert "text_lang=zh%2Ben" in page.url


def test_the_map_follows_its_sliders(visit: Callable[..., Page]) -> None:
    page = visit("/map")
    page.wait_for_selector("#map[data-ready]")
    expect(page.locator(".leaflet-tooltip.name").first).to_be_visible()
    before = page.locator("#places li").count()
    page.locator("input[name=to]").evaluate(
        "e => { e.value = 1950; e.dispatchEvent(new Event('input', {bubbles: true}));"
        " e.dispatchEvent(new Event('change', {bubbles: true})); }"
    )
    expect(page.locator("#years-shown")).to_have_text("1946–1950")
    assert 0 < page.locator("#places li").count() < before
    assert "to=1950" in page.url
    assert "to=1950" in (page.get_by_role("link", name="CSV").get_attribute("href") or "")
    page.reload()
    expect(page.locator("input[name=to]")).to_have_value("1950")


def test_the_language_is_chosen_once_for_all(visit: Callable[..., Page]) -> None:
    page = visit("/page/entity/Q956")
    page.get_by_role("link", name="中文").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("北京")
    page.locator("header .name").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")


def test_a_link_is_corrected(visit: Callable[..., Page]) -> None:
    page = visit("/review")
    page.get_by_label("Your name").fill("Li")
    page.get_by_label("Token").fill(TOKEN)
    page.get_by_role("button", name="Sign in").click()
    rows = page.locator("tbody tr")
    first = rows.first.locator("th a").inner_text()
    rows.first.locator("th a").click()
    page.locator("input[value=nil]").check()
    page.get_by_role("button", name="Write it down").click()
    expect(page.get_by_role("status")).to_contain_text("the next build obeys")
    assert rows.first.locator("th a").inner_text() != first


@pytest.fixture(scope="module")
def kinds_of_page(a_battle: str, archive: Archive) -> list[str]:
    event = archive.events(limit=1)[0][0].event
    return [
        "/", f"/page/article/{a_battle}", "/page/entity/Q956", "/page/entity/Q204839", f"/page/event/{event}",
        "/page/issue/1954-05-09", "/search", "/search?q=停火&year=1954", "/search?q=qqqqqq",
        "/search/map?q=新华社", "/search/years?q=新华社", "/search/years?year=1954", "/search/tops?q=新华社",
        "/map", "/map?what=events&from=1950&to=1960", "/timeline", "/timeline?type=conference", "/entities",
        "/events", "/issues?year=1954",
        "/trends?entity=Q956&entity=Q204839&q=停火", "/page/dataset",
        "/page/ontology", "/api/", "/review", "/sparql", "/page/entity/nothing",
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    ("lang", "dark", "width"), [("en-GB", False, 1280), ("zh-CN", True, 1280), ("zh-CN", False, 390)]
)
def test_axe_finds_no_serious_fault(
    visit: Callable[..., Page], kinds_of_page: list[str], site: str, lang: str, dark: bool, width: int
) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed (make test fetches it)")
    page = visit("/", lang=lang, dark=dark, width=width)
    faults = []
    for path in kinds_of_page:
        if path != "/page/entity/nothing":
            page.goto(site + path)
        if path.startswith(("/map", "/search/map")):
            page.wait_for_selector("#map[data-ready]")
        if path == "/sparql":
            page.wait_for_selector(".yasgui .CodeMirror")
        page.evaluate(AXE.read_text(encoding="utf-8"))  # as a script of the page its policy refuses it
        found: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        faults += [
            (path, v["id"], v["nodes"][0]["html"][:200])
            for v in found["violations"]
            if v["impact"] in SERIOUS
        ]
    assert faults == []


@pytest.mark.slow
def test_no_page_is_wider_than_its_window(
    visit: Callable[..., Page], kinds_of_page: list[str], site: str
) -> None:
    page = visit("/", width=360)
    for path in kinds_of_page[:-1]:
        page.goto(site + path)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, (path, wide)


LONG_WORDS = """() => {
  const places = "h1, .side p, .articles .title, .dated .meta, .finding .who a";
  for (const place of document.querySelectorAll(places)) {
    place.textContent = "x".repeat(200);
  }
  return document.documentElement.scrollWidth - document.documentElement.clientWidth;
}"""


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/search", "/timeline", "/page/entity/Q956", "article"])
def test_a_word_of_any_length_stays_on_the_page(visit: Callable[..., Page], a_battle: str, path: str) -> None:
    page = visit(f"/page/article/{a_battle}" if path == "article" else path, width=360)
    assert page.evaluate(LONG_WORDS) <= 0


def test_everything_can_be_read_and_walked_without_scripts(visit: Callable[..., Page], a_battle: str) -> None:
    page = visit("/", scripts=False)
    page.locator("#q").fill("奠边府")
    page.get_by_role("button", name="Search").click()
    page.locator(".articles .title").first.click()
    assert re.search(r"/page/article/", page.url)
    page.goto(page.url.partition("/page/")[0] + f"/page/article/{a_battle}")
    page.locator("a.mention.place").first.click()
    entry = page.locator(".finding:target")
    expect(entry).to_be_visible()
    entry.locator("summary").click()
    expect(entry.locator(".evidence")).to_be_visible()
    entry.locator("a.entity").first.click()
    expect(page.locator("figure.map svg .dot").first).to_be_visible()
    page.locator("header nav a", has_text="Map").click()
    assert page.locator("#map .dot").count() > 50
    page.locator("input[value=events]").check()
    page.get_by_role("button", name="Show").click()
    assert "what=events" in page.url
    page.locator("#map .dot").last.press("Enter")
    assert "/page/entity/" in page.url
    page.locator("header nav a", has_text="Timeline").click()
    page.locator(".years a").first.click()
    assert "year=" in page.url


def test_chinese_is_set_as_chinese(visit: Callable[..., Page], a_battle: str) -> None:
    page = visit(f"/page/article/{a_battle}")
    body = page.locator(".side[lang=zh-Hans] p").first
    style = body.evaluate(
        "e => { const s = getComputedStyle(e); return [s.fontFamily, s.textIndent, s.lineBreak,"
        " s.fontSize]; }"
    )
    assert "Noto Serif CJK SC" in style[0]
    assert float(style[1][:-2]) == pytest.approx(2 * float(style[3][:-2]), abs=0.1)
    assert style[2] == "strict"
    stray = page.evaluate(
        """() => [...document.querySelectorAll('main *')]
          .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && /[\\u4e00-\\u9fff]{2}/.test(n.data)))
          .filter(e => !e.closest('[lang|=zh], code, .surfaces, .finding, .card'))
          .map(e => e.outerHTML.slice(0, 120))"""
    )
    assert stray == []
