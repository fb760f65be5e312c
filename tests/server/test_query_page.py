"""The query page: its examples, the form without scripts, the editor in a browser."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest
import requests

from kg.rdf.formats import prefixes
from kg.rdf.outline import outline
from kg.store.mistakes import mistake
from server.browse.spoken import spoken
from server.sparql.examples import declare, groups
from server.sparql.terms import labels
from tests.store.test_mistakes import WRONG

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
EXAMPLES = [(group, example) for group in groups() for example in group.examples]
IN_CHINESE = [e for group in groups("zh") for e in group.examples if not e.network]
VENDOR = Path(__file__).resolve().parent.parent.parent / "server" / "static" / "vendor" / "yasgui"


# --- examples ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "example",
    [e for _, e in EXAMPLES if not e.network] + [e for e in IN_CHINESE if '"zh"' in e.query],
    ids=lambda e: e.title["en"],
)
def test_an_example_has_rows_on_the_sample(server_url, example):
    query = example.full(prefixes("http://127.0.0.1:8000/"))
    response = requests.post(
        server_url + "sparql", data={"query": query}, headers={"Accept": "text/csv, text/turtle"}, timeout=60
    )
    assert response.status_code == 200, response.text
    assert len(response.text.splitlines()) > 1
    if "DESC(" in query or "?position" in query:
        assert ",," not in response.text.splitlines()[1]


def test_examples_that_ask_elsewhere_ask_only_where_they_may(serve, tmp_path):
    (example,) = (e for _, e in EXAMPLES if e.network)
    file = tmp_path / "a.ttl"
    file.touch()
    server = serve("--rdf", file, "--workers", "1", KG_SERVICE_ALLOW="https://query.wikidata.org/sparql")
    query = example.full(prefixes("http://127.0.0.1:8000/"))
    response = requests.post(server.url + "sparql", data={"query": query}, timeout=60)
    # There is no network here: the name leads nowhere, which is told, and is no syntax error.
    assert response.status_code in (200, 403, 502)
    assert "syntax" not in response.text


def test_there_are_examples_for_every_task_in_both_languages():
    assert len(EXAMPLES) >= 25
    titles = [e.title[lang] for _, e in EXAMPLES for lang in ("en", "zh")]
    assert len(set(titles)) == len(titles)
    assert all(group.title["en"] and group.title["zh"] for group, _ in EXAMPLES)


def test_declaring_prefixes_leaves_what_is_declared():
    known = {"a": "http://a/", "b": "http://b/"}
    assert declare("PREFIX a: <http://x/> ASK { a:x b:y <http://b:c/> }", known).count("PREFIX") == 2
    assert declare("ASK {}", known) == "ASK {}"


# --- without scripts -----------------------------------------------------------------------------------


def page(url: str, query: str = "", **parameters: str) -> requests.Response:
    asked = {"query": query, **parameters} if query else parameters
    return requests.get(url + "sparql", params=asked, headers=HTML, timeout=60)


def test_the_form(server_url):
    response = page(server_url)
    assert response.status_code == 200
    assert '<textarea id="query" name="query"' in response.text
    assert response.text.count("data-query=") == len(EXAMPLES)
    assert "Accept" in response.headers["Vary"]
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "script-src" not in policy


def test_a_link_to_a_query_opens_the_editor_with_it(server_url):
    response = page(server_url, 'SELECT ?x { BIND("<b>" AS ?x) }')
    assert "SELECT ?x { BIND(&#34;&lt;b&gt;&#34; AS ?x) }</textarea>" in response.text


def test_answers_as_a_table(server_url):
    query = 'SELECT ?x ?y ?z { VALUES (?x ?y) { ("<script>" <http://e/a>) } }'
    response = page(server_url, query, format="html")
    assert "<td><span>&lt;script&gt;</span></td>" in response.text
    assert '<a href="http://e/a">' in response.text
    assert "1 row<" in response.text
    assert "format=csv" in response.text


def test_long_answers_say_that_they_are_cut(server_url):
    response = page(server_url, "SELECT * { ?s ?p ?o } LIMIT 1500", format="html")
    assert "1500 rows" in response.text
    assert "the first 1000 are shown" in response.text


def test_graphs_booleans_and_errors_without_scripts(server_url):
    assert "true</pre>" in page(server_url, "ASK {}", format="html").text
    plain = requests.get(f"{server_url}sparql?query=ASK%7B%7D&format=html", timeout=30)  # Accept: */*
    assert "true</pre>" in plain.text
    assert "&lt;http://e/a&gt;" in page(server_url, "CONSTRUCT { <http://e/a> a 1 } {}", format="html").text
    broken = page(server_url, "SELECT", format="html")
    assert broken.status_code == 200
    assert 'role="alert"' in broken.text
    elsewhere = "SELECT * { SERVICE <http://e/> { ?s ?p ?o } }"
    refused = page(server_url, elsewhere, format="html", lang="zh")
    assert "不允许访问 SERVICE &lt;http://e/&gt;" in refused.text
    assert "第 1 行第 18 列：" in page(server_url, "SELECT * { ?s ?p }", format="html", lang="zh").text


def test_an_answer_too_large_for_a_page(server_url):
    response = page(server_url, "SELECT * { ?s ?p ?o . ?s ?q ?r }", format="html")
    assert "download it" in response.text


def test_the_page_in_chinese(server_url):
    response = requests.get(
        server_url + "sparql", headers={**HTML, "Accept-Language": "zh-CN,zh;q=0.9"}, timeout=30
    )
    assert "用 SPARQL 查询" in response.text


def test_terms(server_url):
    terms = requests.get(server_url + "sparql/terms.json", timeout=30).json()
    assert terms["prefixes"]["dl"] == "https://w3id.org/dateline/ontology#"
    properties = {t["iri"]: t for t in terms["properties"]}
    assert properties["https://w3id.org/dateline/ontology#hasMention"]["zh"] == "含提及"
    assert properties["https://schema.org/mentions"]["n"] > 100
    assert "https://schema.org/NewsArticle" in {t["iri"] for t in terms["classes"]}
    mention = terms["shapes"]["https://w3id.org/dateline/ontology#Mention"]
    roles = mention["https://w3id.org/dateline/ontology#role"]["values"]
    assert set(roles) <= {c["iri"] for c in terms["concepts"]}


def test_every_term_of_the_shapes_is_named_in_both_languages():
    known = labels()
    for of, uses in outline().items():
        for iri in (of, *uses):
            assert {"zh", "en"} <= set(known.get(iri, {})), iri


def test_the_page_over_plain_rdf(serve, tmp_path):
    file = tmp_path / "a.trig"
    file.write_text("<http://e/s> a <http://e/C> . <http://e/g> { <http://e/s> <http://e/p> 1 }")
    url = serve("--rdf", file, "--workers", "1").url
    home = requests.get(url, headers=HTML, timeout=30)
    assert home.url == url + "sparql"
    assert "<textarea" in home.text
    terms = requests.get(url + "sparql/terms.json", timeout=30).json()
    assert [t["iri"] for t in terms["classes"]] == ["http://e/C"]
    assert {t["iri"] for t in terms["properties"]} >= {"http://e/p"}
    for path in ("static/sparql.js", "static/sparql.css", "static/dateline.css"):
        assert requests.get(url + path, timeout=30).status_code == 200


# --- in a browser --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser():
    if not Path("/usr/bin/chromium").exists():
        pytest.skip("needs Debian's Chromium")
    if not (VENDOR / "yasgui.min.js").exists():
        pytest.skip("needs the scripts from npm: make assets")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def tab(browser):
    """A page that notes its errors, and requests that leave this machine."""
    tab = browser.new_page(viewport={"width": 1200, "height": 1000})
    tab.wrong = []
    tab.on("pageerror", lambda e: tab.wrong.append(str(e)))
    tab.on(
        "request",
        lambda r: (
            tab.wrong.append(r.url) if r.url.startswith("http") and "//127.0.0.1:" not in r.url else None
        ),
    )
    yield tab
    tab.close()


def until(tab, expression: str) -> None:
    """Wait for an expression to be true; Playwright's own way is for pages that let strings be run."""
    for _ in range(100):
        if tab.evaluate(expression):
            return
        tab.wait_for_timeout(100)
    raise AssertionError(expression)


POSITIONS = """PREFIX geo: <http://www.opengis.net/ont/geosparql#>
SELECT ?place ?position { ?place geo:hasGeometry/geo:asWKT ?position } LIMIT 20"""


# Where the widest piece of land that is no ice is drawn, in degrees: from Senegal to the Bering Strait.
WIDEST = """async () => {
  const world = await (await fetch(document.querySelector("[data-land]").dataset.land)).json();
  const land = datelineLand(topojson.feature(world, world.objects.land), [0]);
  const spans = land.coordinates.map(polygon => polygon[0])
    .filter(ring => Math.min(...ring.map(p => p[1])) > -60)
    .map(ring => [Math.min(...ring.map(p => p[0])), Math.max(...ring.map(p => p[0]))]);
  return spans.sort((a, b) => (b[1] - b[0]) - (a[1] - a[0]))[0];
}"""


@pytest.mark.browser
@pytest.mark.slow
def test_the_editor_runs_queries_offline(server_url, tab):
    tab.goto(server_url + "sparql?query=" + quote(POSITIONS))
    tab.wait_for_selector(".yasr .dataTable tbody tr")
    assert tab.locator(".yasr .dataTable tbody tr").count() == 20
    assert tab.locator("#ask").is_hidden()
    tab.locator(".yasr_btn", has_text="Map").click()
    tab.wait_for_selector(".wkt-map .leaflet-overlay-pane canvas")
    west, east = tab.evaluate(WIDEST)
    assert -30 < west < -10
    assert 180 < east < 200
    tab.locator(".yasr_btn", has_text="Response").click()
    tab.wait_for_selector(".yasr_results .CodeMirror")
    assert tab.wrong == []


@pytest.mark.browser
@pytest.mark.slow
def test_examples_share_links_and_errors_in_the_editor(server_url, tab):
    tab.goto(server_url + "sparql")
    tab.wait_for_selector(".yasgui .CodeMirror")
    tab.locator("a[data-query]", has_text="How often each agency signs a dispatch").click()
    tab.wait_for_selector(".yasr .dataTable tbody tr")
    assert "datelineSource" in tab.evaluate("decodeURIComponent(location.search)")
    tab.evaluate("() => { window.dateline.yasgui.getTab().setQuery('SELECT * { ?s ?p }'); }")
    tab.locator(".yasqe_queryButton").click()
    tab.wait_for_selector(".answer-error")
    assert "Line 1, column" in tab.locator(".answer-error").inner_text()
    tab.locator(".yasqe_share").click()
    shared = tab.locator(".yasqe_sharePopup input").first.input_value()
    assert shared == server_url + "sparql?query=SELECT%20*%20%7B%20%3Fs%20%3Fp%20%7D"
    tab.keyboard.press("Escape")
    tab.locator(".addTab").click()  # another tab is no worse
    until(tab, "window.dateline.yasgui.getTab().getYasqe().adopted")
    tab.evaluate("() => { window.dateline.yasgui.getTab().setQuery('ASK { ?x ?y 3 }'); }")
    tab.locator(".yasqe_queryButton:visible").click()
    until(tab, "location.search.indexOf('ASK') > 0")
    tab.evaluate("() => { window.dateline.yasgui.getTab().setQuery('ASK {} #' + 'x'.repeat(9000)); }")
    tab.locator(".yasqe_queryButton:visible").click()
    until(tab, "location.search === ''")  # longer than an address may be
    assert tab.wrong == []


@pytest.mark.browser
@pytest.mark.slow
def test_mistakes_are_told_in_the_readers_language(server_url, browser):
    tab = browser.new_page(locale="zh-CN")
    tab.goto(server_url + "sparql?query=" + quote("SELECT * { ?s a “北京” }"))
    tab.wait_for_selector(".answer-error")
    assert "“ 不是 SPARQL 的符号" in tab.locator(".answer-error").inner_text()
    tab.close()


@pytest.mark.browser
@pytest.mark.slow
def test_the_editor_is_left_by_the_keyboard(server_url, tab):
    tab.goto(server_url + "sparql")
    until(tab, "window.dateline && window.dateline.yasgui.getTab().getYasqe().adopted")
    text = "window.dateline.yasgui.getTab().getYasqe().getValue()"
    before = tab.evaluate(text)
    for key in ("Tab", "Shift+Tab"):
        tab.locator(".CodeMirror textarea").focus()
        tab.keyboard.press(key)
        assert tab.evaluate("document.activeElement.closest('.CodeMirror-code, textarea') === null"), key
    assert tab.evaluate(text) == before


@pytest.mark.browser
@pytest.mark.slow
def test_on_a_phone_the_buttons_do_not_lie_on_the_query(server_url, tab):
    tab.set_viewport_size({"width": 390, "height": 900})
    tab.goto(server_url + "sparql?query=" + quote("ASK {}\n#second"))
    until(tab, "window.dateline && window.dateline.yasgui.getTab().getYasqe().adopted")
    until(
        tab,
        """(() => {
      const [buttons, line] = [".yasqe_buttons", ".CodeMirror-line"].map(
        name => document.querySelector(".yasqe " + name)?.getBoundingClientRect());
      return buttons && line && 0 < buttons.bottom && buttons.bottom <= line.top;
    })()""",
    )
    tab.locator(".yasqe .CodeMirror-line", has_text="#second").click()
    until(tab, "window.dateline.yasgui.getTab().getYasqe().getCursor().line == 1")


@pytest.mark.browser
@pytest.mark.slow
def test_the_editor_speaks_the_readers_language(server_url, browser):
    """Its buttons, and what it says of an answer; names in the answer stay what they are."""
    tab = browser.new_page(locale="zh-CN")
    tab.goto(server_url + "sparql?query=" + quote("SELECT ?Table { VALUES ?Table { 'Table' 'Next' } }"))
    tab.wait_for_selector(".yasr .dataTable tbody tr")
    assert tab.locator(".select_table").inner_text() == "表格"
    assert "2 行，用时" in tab.locator(".yasr_response_chip").inner_text()
    assert tab.locator(".dt-info").inner_text() == "第 1–2 行，共 2 行"
    assert tab.locator(".yasqe_queryButton").get_attribute("title") == "运行查询"
    assert tab.locator(".tableFilter").get_attribute("placeholder") == "筛选结果"
    assert "Table" in tab.locator(".dataTable thead").inner_text()
    assert {"Table", "Next"} <= set(tab.locator(".dataTable tbody").inner_text().replace('"', "").split())
    assert "Table" in tab.locator(".CodeMirror-lines").inner_text()
    tab.close()


@pytest.mark.parametrize("query", [query.replace("¦", "") for query, _ in WRONG])
def test_what_is_said_of_a_query_is_known_in_chinese(query):
    found = mistake(query, prefixes("http://127.0.0.1:8000/"))
    assert spoken(found.what, "zh")[1] == "zh", found.what
    assert spoken(found.remedy, "zh")[1] == "zh", found.remedy


@pytest.mark.browser
@pytest.mark.slow
def test_completion(server_url, tab):
    tab.goto(server_url + "sparql")
    tab.wait_for_selector(".yasgui .CodeMirror")

    def complete(text: str, *, take: bool = False) -> list[str]:
        tab.evaluate(
            """text => {
              const editor = window.dateline.yasgui.getTab().getYasqe();
              editor.setValue(text.replace("|", ""));
              const before = text.slice(0, text.indexOf("|")).split("\\n");
              editor.focus();
              editor.setCursor({ line: before.length - 1, ch: before[before.length - 1].length });
              editor.autocomplete();
            }""",
            text,
        )
        tab.wait_for_selector(".CodeMirror-hints li")
        found = tab.locator(".CodeMirror-hints li").all_inner_texts()
        tab.keyboard.press("Enter" if take else "Escape")
        return found

    # The usual prefixes may go unsaid; what is known of a variable decides what comes first.
    assert complete("SELECT * { ?a schema:men| }")[0].startswith("schema:mentions")
    assert complete("SELECT * { ?a a dl:Event| }")[0].startswith("dl:EventReport")
    assert any("dl: <https://w3id.org" in hint for hint in complete("PREFIX dl|"))
    had = {hint.split()[0] for hint in complete("SELECT * { ?a dl:hasDispatch ?d . ?d | }")}
    assert {"dl:datelineSource", "dl:datelinePlace", "dl:cites"} <= had
    assert not had & {"dl:hasDispatch", "schema:headline", "dl:confidence"}
    assert {hint.split()[0] for hint in complete("SELECT * { ?m dl:verdict | }")} == {
        "dl:verdict-linked", "dl:verdict-nil", "dl:verdict-undecided"
    }  # fmt: skip
    assert complete("SELECT * { ?r sem:eventType ?t VALUES ?t { batt| } }")[0].startswith("dl:Battle")
    assert complete("SELECT * { ?m dl:role ?r FILTER(?r = cited| ) }")[0].startswith("dl:role-cited")
    assert complete("SELECT * { ?r 地点| }")[0].startswith("sem:hasPlace")
    assert complete("SELECT * { ?r a dl:EventReport ; dl:grain/rdfs:lab| ?x }")[0].startswith("rdfs:label")
    # Names of things, in either language or Pinyin, with the prefix that they need.
    assert complete("SELECT * { ?a ?p entity:Hanoi| }")[0].startswith("entity:Q1858")
    assert complete("SELECT * { ?a schema:mentions henei| }")[0].startswith("entity:Q1858")
    complete("SELECT * { ?a schema:mentions 河内| }", take=True)
    asked = tab.evaluate("window.dateline.yasgui.getTab().getYasqe().getValue()")
    assert asked == (
        "PREFIX entity: <http://127.0.0.1:8000/entity/>\nSELECT * { ?a schema:mentions entity:Q1858 }"
    )
    assert tab.wrong == []


@pytest.mark.browser
@pytest.mark.slow
def test_nothing_is_offered_where_nothing_fits(server_url, tab):
    tab.goto(server_url + "sparql")
    tab.wait_for_selector(".yasgui .CodeMirror")
    terms = requests.get(server_url + "sparql/terms.json", timeout=30).json()
    places = [
        ("SELECT ?a| { }", ""), ("SELECT * { ?a| }", ""), ("SELECT * { ?a ?p 'x y| }", ""),
        ('SELECT * { ?a ?p "x y| }', ""), ("SELECT * { ?a ?p 'x'@z| }", ""), ("ba|", ""),
        ("SELECT * { ?s ?p ?o . | }", "thing"), ("SELECT * { ?s ?p ?o ; | }", "property"),
        ("SELECT * { ?s ?p ?o , | }", "object"), ("SELECT * { [ | ] a ?k }", "property"),
        ("SELECT * { ?s ?p [ a ?k ] ; | }", "property"), ("SELECT * { ?s (a|| ) ?k }", "property"),
        ("SELECT * { # ?s ?p\n| }", "thing"), ("SELECT * { ?s dl:a. ?s | }", "property"),
        ("SELECT * { ?s ?p 'it\"s' . ?o | }", "property"), ("SELECT * { ?s ?p '''a\nb''' , | }", "object"),
    ]  # fmt: skip
    for text, kind in places:
        at = text.rindex("|")
        found = tab.evaluate(
            "([terms, text, at]) => datelineCompleter(terms, 'en', null).at(text, at).kind",
            [terms, text[:at] + text[at + 1 :], at],
        )
        assert found == kind, text


@pytest.mark.browser
@pytest.mark.slow
def test_things_in_the_table_are_named(server_url, browser):
    tab = browser.new_page(locale="zh-CN")
    query = """SELECT ?place ?name ?type {
      ?r sem:eventType ?type ; sem:hasPlace ?place . ?place rdfs:label ?name FILTER(LANG(?name) = "zh")
    } LIMIT 5"""
    tab.goto(server_url + "sparql?query=" + quote(query))
    tab.wait_for_selector(".yasr td .said")
    rows = tab.locator(".yasr tbody tr")
    assert rows.count() == 5
    for row in rows.all():
        place, name, _ = row.locator("td:nth-child(n+2)").all_inner_texts()
        assert name.startswith(f'"{row.locator(".said").first.inner_text()}"')
        assert re.search(r"[\u4e00-\u9fff]", row.locator(".said").last.inner_text()), place
    tab.close()


@pytest.mark.browser
@pytest.mark.slow
def test_the_page_is_whole_without_scripts(server_url, browser):
    tab = browser.new_page(java_script_enabled=False)
    tab.goto(server_url + "sparql")
    tab.locator("#query").fill("SELECT ?n { VALUES ?n { 1 2 3 } }")
    tab.locator("#ask button").click()
    assert tab.locator("table.answer tbody tr").count() == 3
    tab.close()


def test_the_page_is_given_its_own_json(server_url):
    """The answer that a page shows is the answer that a program gets."""
    query = "SELECT ?s { ?s a <https://schema.org/NewsArticle> } ORDER BY ?s"
    shown = page(server_url, query, format="html").text
    got = requests.get(server_url + "sparql", params={"query": query, "format": "json"}, timeout=30)
    for row in json.loads(got.text)["results"]["bindings"]:
        assert row["s"]["value"] in shown
