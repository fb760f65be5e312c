"""Articles can be cited: in words, by reference managers, by addresses that last."""

from __future__ import annotations

import html
import re

import pytest
from flask.testing import FlaskClient

from kg.store.archive import Archive
from server.browse.citing import Citation


@pytest.fixture
def english() -> Citation:
    return Citation(
        id="1956-07-01/2/00000000",
        title="Steel & Coal: 10 % More\nin Anshan",
        translated=None,
        author="Wang Li",
        newspaper=("人民日报", "People's Daily"),
        date="1956-07-01",
        page=None,
        lang="en",
        iri="https://example.org/article/1956-07-01/2/00000000",
        holder="Dateline",
        release="r1",
    )


def test_the_page_says_how_to_cite_it(
    client: FlaskClient, archive: Archive, a_battle: str, base: str
) -> None:
    stored = archive.article(a_battle)
    assert stored is not None
    a = stored.summary
    for lang, said in (
        ("en", f"“{a.title_zh}” [{a.title_en}], People's Daily, "),
        ("zh", f"《{a.title_zh}》，《人民日报》{a.date[:4]}年"),
    ):
        text = client.get(f"/page/article/{a.id}", headers={"Accept-Language": lang}).get_data(as_text=True)
        found = re.search(r'<p class="cite"[^>]*>(.*?)</p>', text)
        assert found is not None
        words = html.unescape(re.sub(r"<[^>]+>", "", found[1]))
        assert said in words
        assert words.endswith(f"{base}article/{a.id}")


def test_reference_managers_find_tags(
    client: FlaskClient, archive: Archive, a_battle: str, base: str
) -> None:
    text = client.get(f"/page/article/{a_battle}").get_data(as_text=True)
    tags = {
        name: html.unescape(value)
        for name, value in re.findall(r'<meta name="(citation_\w+)" content="([^"]*)">', text)
    }
    stored = archive.article(a_battle)
    assert stored is not None
    assert tags["citation_title"] == stored.summary.title_zh
    assert tags["citation_publication_date"] == stored.summary.date.replace("-", "/")
    assert tags["citation_journal_title"] == "人民日报"
    assert tags["citation_public_url"] == f"{base}article/{a_battle}"


def test_a_record_in_ris(client: FlaskClient, a_battle: str, base: str) -> None:
    answer = client.get(f"/cite/article/{a_battle}.ris")
    assert answer.status_code == 200
    assert answer.mimetype == "application/x-research-info-systems"
    assert "attachment" in answer.headers["Content-Disposition"]
    lines = answer.get_data(as_text=True).split("\r\n")
    assert lines[0] == "TY  - NEWS"
    assert lines[-2:] == ["ER  - ", ""]
    assert f"UR  - {base}article/{a_battle}" in lines
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in lines[:-1])


def test_an_entry_for_bibtex(client: FlaskClient, a_battle: str, base: str) -> None:
    text = client.get(f"/cite/article/{a_battle}.bib").get_data(as_text=True)
    assert text.startswith("@article{dateline-")
    assert f"  url = {{{base}article/{a_battle}}},\n" in text
    assert text.count("{") == text.count("}")


def test_what_latex_takes_for_a_command_is_escaped(english: Citation) -> None:
    assert r"  title = {{Steel \& Coal: 10 \% More in Anshan}}," in english.bibtex()


def test_an_article_without_original_or_page(english: Citation) -> None:
    assert english.words("en").startswith("Wang Li, “Steel & Coal")
    assert "p. " not in english.words("en")
    assert "TT  - " not in english.ris()
    assert "SP  - " not in english.ris()
    assert "TI  - Steel & Coal: 10 % More in Anshan\r\n" in english.ris()


def test_only_articles_and_known_formats(client: FlaskClient, a_battle: str) -> None:
    assert client.get("/cite/article/1953-01-01/1/00000000.ris").status_code == 404
    assert client.get(f"/cite/article/{a_battle}.doc").status_code == 404


@pytest.mark.parametrize("path", ["/page/entity/Q956", "/page/dataset"])
def test_every_page_about_a_thing_shows_its_permanent_address(
    client: FlaskClient, base: str, path: str
) -> None:
    text = client.get(path).get_data(as_text=True)
    iri = base + path.removeprefix("/page/")
    assert f'href="/{path.removeprefix("/page/")}">{iri}</a>' in text


def test_previews_of_links_say_what_a_page_is_about(
    client: FlaskClient, archive: Archive, a_battle: str, base: str
) -> None:
    def tags(path: str) -> dict[str, str]:
        text = client.get(path).get_data(as_text=True)
        head = text.partition("</head>")[0]
        found = re.findall(r'<meta (?:name|property)="([\w:]+)" content="([^"]*)">', head)
        return {name: html.unescape(value) for name, value in found}

    beijing = tags("/page/entity/Q956")
    assert beijing["description"].startswith("Beijing (北京) · city · ")
    assert beijing["description"].endswith(" · Wikidata Q956")
    assert beijing["og:url"] == f"{base}entity/Q956"
    assert beijing["og:title"].startswith("Beijing · ")
    stored = archive.article(a_battle)
    assert stored is not None
    assert str(stored.summary.title_zh) in tags(f"/page/article/{a_battle}")["og:description"]
    event = archive.events(limit=1)[0][0].event
    assert tags(f"/page/event/{event}")["description"]
    assert tags(f"/page/issue/{stored.summary.date}")["description"]
    assert tags("/")["description"]
    assert "description" not in tags("/map")
