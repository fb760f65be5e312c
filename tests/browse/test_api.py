"""The REST face: described truly, paged to the end, and JSON-LD that says what the graph says."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import jsonschema
import pytest
import rdflib
from flask.testing import FlaskClient
from openapi_spec_validator import validate
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from kg.resources import ontology_dir
from kg.store.archive import Archive
from server.api.face import chinese

# rdflib's own reader of JSON-LD makes one.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
CONTEXT = json.loads((ontology_dir() / "context.jsonld").read_text(encoding="utf-8"))["@context"]


def get(client: FlaskClient, path: str, **query: Any) -> Any:
    answer = client.get(path, query_string=query or None)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()


@pytest.fixture(scope="module")
def openapi(client: FlaskClient) -> dict[str, Any]:
    return get(client, "/api/openapi.json")  # type: ignore[no-any-return]


def test_the_description_is_valid_openapi(openapi: dict[str, Any]) -> None:
    assert openapi["openapi"] == "3.1.0"
    validate(openapi)


def _check(openapi: dict[str, Any], path: str, document: Any, media_type: str = "application/json") -> None:
    """Hold an answer against the schema that the description gives for it."""
    registry = Registry().with_resource(
        "urn:api", Resource.from_contents(openapi, default_specification=DRAFT202012)
    )
    pointer = path.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")
    kind = media_type.replace("/", "~1")
    schema = {"$ref": f"urn:api#/paths/{pointer}/get/responses/200/content/{kind}/schema"}
    jsonschema.Draft202012Validator(schema, registry=registry).validate(document)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/api/articles", {}),
        ("/api/articles", {"entity": "Q956", "order": "newest"}),
        ("/api/search", {"q": "停火"}),
        ("/api/entities", {"kind": "place"}),
        ("/api/entities", {"q": "bei"}),
        ("/api/events", {"type": "conference"}),
    ],
    ids=str,
)
def test_lists_are_as_described(
    client: FlaskClient, openapi: dict[str, Any], path: str, query: dict[str, str]
) -> None:
    document = get(client, path, **query)
    assert document["items"]
    _check(openapi, path, document)


def test_things_are_as_described(
    client: FlaskClient, openapi: dict[str, Any], archive: Archive, a_battle: str
) -> None:
    event = archive.events(limit=1)[0][0].event
    for path, id in (("articles", a_battle), ("entities", "Q956"), ("events", event)):
        _check(openapi, f"/api/{path}/{{id}}", get(client, f"/api/{path}/{id}"))


@pytest.mark.parametrize("view", ["map", "years", "tops"])
@pytest.mark.parametrize(
    "query", [{"q": "停火"}, {"year": "1953", "kind": "place"}, {"q": "没有的词"}], ids=str
)
def test_views_of_a_search_are_as_described(
    client: FlaskClient, openapi: dict[str, Any], view: str, query: dict[str, str]
) -> None:
    path = f"/search/{view}.json"
    answer = client.get(path, query_string=query)
    described = openapi["paths"][path]["get"]["responses"]["200"]["content"]
    assert [answer.mimetype] == list(described)
    _check(openapi, path, answer.get_json(force=True), answer.mimetype)


def test_every_address_and_parameter_is_described(client: FlaskClient, openapi: dict[str, Any]) -> None:
    rules = {
        str(r).replace("<path:id>", "{id}")
        for r in client.application.url_map.iter_rules()
        if str(r).startswith("/api/") and str(r) not in ("/api/", "/api/openapi.json")
    }
    views = {f"/search/{view}.json" for view in ("map", "years", "tops")}
    assert rules | views == set(openapi["paths"])
    for path, methods in openapi["paths"].items():
        for parameter in methods["get"]["parameters"]:
            if parameter["in"] == "query" and "enum" in parameter["schema"]:
                answer = client.get(path, query_string={parameter["name"]: "nonsense", "q": "x"})
                assert answer.status_code == 400, (path, parameter["name"])


@pytest.mark.parametrize(
    "start",
    ["/api/articles?limit=7", "/api/search?q=新华社&limit=7", "/api/entities?limit=40", "/api/events?limit=9",
     "/api/articles?limit=7&order=newest"],
)  # fmt: skip
def test_cursors_lead_through_everything_once(client: FlaskClient, base: str, start: str) -> None:
    path: str | None = start
    ids: list[str] = []
    pages = 0
    while path:
        document = get(client, path)
        ids += [i["id"] for i in document["items"]]
        pages += 1
        path = document["next"].replace(base, "/") if "next" in document else None
    assert pages > 2
    assert len(ids) == len(set(ids))
    statistics = get(client, "/api/articles")["total"]
    assert len(ids) >= (39 if "q=" in start else statistics)


def _graph(document: Any) -> rdflib.Graph:
    """The document as a graph, with the context that it names put in."""
    named = document["@context"]
    inline = [CONTEXT, *named[1:]] if isinstance(named, list) else CONTEXT
    return rdflib.Graph().parse(data=json.dumps({**document, "@context": inline}), format="json-ld")


def test_a_thing_as_json_ld_is_the_graph_of_that_thing(client: FlaskClient, archive: Archive) -> None:
    paths = [
        (f"/api/articles/{a.id}", f"/data/article/{a.id}.nt") for a in archive.articles(limit=12).articles
    ]
    paths += [(f"/api/entities/{i}", f"/data/entity/{i}.nt") for i in ("Q956", "Q204839", "Q573")]
    paths += [(f"/api/events/{e.event}", f"/data/event/{e.event}.nt") for e in archive.events(limit=5)[0]]
    for api, data in paths:
        wanted = rdflib.Graph().parse(data=client.get(data).data, format="nt")
        assert set(_graph(get(client, api))) == set(wanted), api


def test_lists_say_nothing_that_the_graph_does_not(client: FlaskClient, base: str) -> None:
    about = {
        "/api/articles?limit=5": "article/",
        "/api/events?limit=5": "article/",
        "/api/entities?limit=5&kind=source": "entity/",
    }
    for path, start in about.items():
        for s, p, o in _graph(get(client, path)):
            if str(s).startswith(base + start):
                query = f"ASK {{ {s.n3()} {p.n3()} {o.n3()} }}"
                answer = client.get(
                    "/sparql", query_string={"query": query}, headers={"Accept": "application/json"}
                )
                assert json.loads(answer.get_data())["boolean"], query


def test_answers_can_be_kept_and_read_from_anywhere(client: FlaskClient) -> None:
    first = client.get("/api/articles")
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get("/api/articles", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert (
        client.get("/api/articles", headers={"Accept": "application/ld+json"}).mimetype
        == "application/ld+json"
    )
    assert any('rel="next"' in h for h in client.get("/api/articles?limit=3").headers.getlist("Link"))


def test_people_get_a_page(client: FlaskClient) -> None:
    """Programs get the description, whoever asked before."""
    for accept, kind in (("*/*", "application/json"), ("text/html", "text/html")) * 2:
        page = client.get("/api/", headers={"Accept": accept})
        assert page.mimetype == kind
        assert "Accept" in page.vary
    assert "/api/openapi.json" in page.get_data(as_text=True)


@pytest.mark.parametrize("accept", ["application/json", "*/*", ""])
def test_errors_are_problems(client: FlaskClient, openapi: dict[str, Any], accept: str) -> None:
    problem = openapi["components"]["schemas"]["Problem"]
    kind = accept if accept == "application/json" else "application/problem+json"
    for path, status in (
        ("/api/search", 400),
        ("/api/articles?limit=0", 400),
        ("/api/entities/nothing", 404),
    ):
        answer = client.get(path, headers={"Accept": accept} if accept else {})
        assert (answer.status_code, answer.mimetype) == (status, kind)
        jsonschema.validate(answer.get_json(), problem)
        assert answer.get_json()["status"] == status


def test_lists_of_several_filters_know_their_length(client: FlaskClient) -> None:
    path = "/api/articles?entity=Q148&text_lang=en&limit=200"
    found = client.get(path).get_json()
    assert found["total"] == len(found["items"]) > 0


def test_the_page_of_the_api_is_in_the_readers_language(client: FlaskClient, openapi: dict[str, Any]) -> None:
    operations = [methods["get"] for methods in openapi["paths"].values()]
    said = {openapi["info"]["summary"], *(o["summary"] for o in operations)}
    said |= {p["description"] for o in operations for p in o["parameters"]}
    assert set(chinese()) == said  # none is missing, none left over
    pages = {
        lang: html.unescape(
            re.sub(r"<[^>]+>", "", client.get(f"/api/?lang={lang}", headers={"Accept": "text/html"}).text)
        )
        for lang in ("zh", "en")
    }
    for text in said:
        assert text.replace("`", "") in pages["en"]
        assert chinese()[text].replace("`", "") in pages["zh"]
        assert re.search("[\u4e00-\u9fff]", chinese()[text])


@pytest.mark.parametrize(
    "path", ["/api/articles?yeer=1954", "/api/search?q=停火&limits=3", "/api/entities/Q956?format=json"]
)
def test_a_parameter_that_is_not_described_is_400(client: FlaskClient, path: str) -> None:
    """A filter with a slip in its name would let everything through."""
    answer = client.get(path)
    assert answer.status_code == 400
    name = path.rpartition("=")[0].rpartition("?")[2].rpartition("&")[2]
    assert name in answer.get_json()["detail"]
    assert "it has" in answer.get_json()["remedy"]


def test_more_entities_than_are_looked_at_are_400(client: FlaskClient) -> None:
    answer = client.get("/api/articles?" + "&".join(f"entity=Q{n}" for n in range(9)))
    assert answer.status_code == 400
    assert "at most 8" in answer.get_json()["remedy"]
