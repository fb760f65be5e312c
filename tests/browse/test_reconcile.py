"""The reconciliation service: its answers fit the specification, and say the right thing."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema
import pytest
from flask.testing import FlaskClient

from kg.authority import open_authority
from tests.browse import schemas


def post(client: FlaskClient, name: str, value: Any) -> Any:
    answer = client.post("/reconcile", data={name: json.dumps(value)})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    return answer.get_json()


def match(client: FlaskClient, text: str, **more: Any) -> list[dict[str, Any]]:
    found = post(client, "queries", {"q": {"query": text, **more}})
    jsonschema.validate(found, schemas.RESULTS)
    return found["q"]["result"]  # type: ignore[no-any-return]


def test_the_manifest_fits_and_leads_to_what_it_names(client: FlaskClient, base: str) -> None:
    manifest = client.get("/reconcile").get_json()
    jsonschema.validate(manifest, schemas.MANIFEST)
    paths = [
        manifest["view"]["url"],
        manifest["preview"]["url"],
        *(s["service_url"] + s["service_path"] + "?prefix=b" for s in manifest["suggest"].values()),
        *(
            manifest["suggest"][part]["flyout_service_url"]
            + manifest["suggest"][part]["flyout_service_path"].replace("${id}", of)
            for part, of in (("entity", "Q956"), ("type", "place"), ("property", "country"))
        ),
        manifest["extend"]["propose_properties"]["service_url"]
        + manifest["extend"]["propose_properties"]["service_path"],
        manifest["documentation"],
        manifest["logo"],
    ]
    for path in paths:
        with client.get(path.replace("{{id}}", "Q956").replace(base, "/")) as answer:
            assert answer.status_code in (200, 303), path
    assert client.get(manifest["identifierSpace"].replace(base, "/") + "Q956").status_code == 303


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("奠边府", "Q36027"),
        ("奠邊府", "Q36027"),
        ("dien bien phu", "Q36027"),
        ("Beijing", "Q956"),
        ("Peking", "Q956"),
        ("the Reuters", "Q130879"),
        ("Xinhua News Agency", "Q204839"),
        ("Q956", "Q956"),
    ],
)
def test_names_lead_to_their_item(client: FlaskClient, text: str, id: str) -> None:
    best = match(client, text)[0]
    assert (best["id"], best["match"]) == (id, True)


def test_what_is_written_a_little_longer_is_offered_but_no_match(client: FlaskClient) -> None:
    found = match(client, "Reuters wire service")
    assert found[0]["id"] == "Q130879"
    assert not found[0]["match"]


def test_what_nobody_knows_is_not_there(client: FlaskClient) -> None:
    assert match(client, "qwxzv qwxzv") == []


def test_a_name_of_several_is_no_match_until_a_property_decides(client: FlaskClient) -> None:
    alone = match(client, "莱州", type="place")
    assert len(alone) > 2
    assert not any(c["match"] for c in alone)
    china = match(client, "莱州", type="place", properties=[{"pid": "country", "v": "China"}])
    vietnam = match(client, "莱州", type="place", properties=[{"pid": "country", "v": {"id": "Q881"}}])
    assert "Shandong" in china[0]["description"]
    assert all("Vietnam" in c["description"] for c in vietnam[:2])
    town = match(client, "莱州", type="place-town", properties=[{"pid": "country", "v": "越南"}])
    assert (town[0]["match"], town[0]["type"][0]["id"]) == (True, "place-town")


def test_coordinates_decide_too(client: FlaskClient) -> None:
    near = match(client, "莱州", properties=[{"pid": "coordinates", "v": "22.05, 103.15"}])
    far = match(client, "莱州", properties=[{"pid": "coordinates", "v": "37.18,119.94"}])
    assert "Vietnam" in near[0]["description"]
    assert "Shandong" in far[0]["description"]


def test_types_narrow_strictly_or_as_a_hint(client: FlaskClient) -> None:
    assert {c["type"][-1]["id"] for c in match(client, "北京", type="source", limit=20)} == {"source"}
    hinted = match(client, "北京", type="source", type_strict="should", limit=20)
    assert {c["type"][-1]["id"] for c in hinted} > {"source"}
    both = match(client, "奠边府", type=["place", "place-city"], type_strict="all", limit=20)
    assert all({t["id"] for t in c["type"]} == {"place", "place-city"} for c in both)


def test_no_more_candidates_than_asked_for(client: FlaskClient) -> None:
    assert len(match(client, "莱州", limit=2)) == 2
    scores = [c["score"] for c in match(client, "北京", limit=10)]
    assert scores == sorted(scores, reverse=True)


def test_a_batch_is_answered_query_by_query(client: FlaskClient) -> None:
    names = [i.label("zh") or i.id for i in list(open_authority().items("place"))[:50]]
    found = post(client, "queries", {f"q{n}": {"query": name} for n, name in enumerate(names)})
    jsonschema.validate(found, schemas.RESULTS)
    assert set(found) == {f"q{n}" for n in range(50)}
    assert all(r["result"] for r in found.values())


def test_get_is_answered_like_post(client: FlaskClient) -> None:
    queries = json.dumps({"q": {"query": "北京"}})
    assert client.get("/reconcile", query_string={"queries": queries}).get_json() == post(
        client, "queries", {"q": {"query": "北京"}}
    )


@pytest.mark.parametrize(("part", "prefix", "id"), [
    ("entity", "dianbi", "Q36027"), ("entity", "奠邊", "Q36027"), ("entity", "Điện", "Q36027"),
    ("entity", "Q956", "Q956"), ("type", "cit", "place-city"), ("type", "城市", "place-city"),
    ("property", "coun", "country"),
])  # fmt: skip
def test_suggestions_begin_as_typed(client: FlaskClient, part: str, prefix: str, id: str) -> None:
    found = client.get(f"/reconcile/suggest/{part}", query_string={"prefix": prefix}).get_json()
    jsonschema.validate(found, schemas.SUGGESTIONS)
    assert id in [r["id"] for r in found["result"]]


def test_suggestions_go_on_behind_a_cursor(client: FlaskClient) -> None:
    first = client.get("/reconcile/suggest/entity?prefix=a").get_json()["result"]
    second = client.get("/reconcile/suggest/entity?prefix=a&cursor=10").get_json()["result"]
    assert len(first) == 10
    assert not {r["id"] for r in first} & {r["id"] for r in second}


@pytest.mark.parametrize(("part", "id", "words"), [
    ("entity", "Q956", ("Beijing", "北京", "People&#39;s Republic of China", "39.9")),
    ("type", "place-city", ("city", "城市")),
    ("property", "country", ("country", "military unit")),
])  # fmt: skip
def test_a_flyout_tells_of_what_is_suggested(
    client: FlaskClient, part: str, id: str, words: tuple[str, ...]
) -> None:
    found = client.get(f"/reconcile/flyout/{part}?id={id}").get_json()
    jsonschema.validate(found, schemas.FLYOUT)
    assert found["id"] == id
    for word in words:
        assert word in found["html"]
    assert client.get(f"/reconcile/flyout/{part}?id=%3Cscript%3E").status_code == 404


def test_a_name_may_be_asked_for_by_properties_alone(client: FlaskClient) -> None:
    asked = [{"pid": "label-zh", "v": "奠边府"}, {"pid": "country", "v": {"id": "Q881"}}]
    found = post(client, "queries", {"q": {"properties": asked}, "r": {"properties": asked[1:]}})
    jsonschema.validate(found, schemas.RESULTS)
    assert found["q"]["result"][0]["id"] == "Q36027"
    assert found["q"]["result"][0]["match"]
    assert found["r"]["result"] == []


def test_old_clients_get_a_script(client: FlaskClient) -> None:
    answer = client.get("/reconcile?callback=jQuery33.done_1")
    assert answer.mimetype == "text/javascript"
    said = re.fullmatch(r"/\*\*/jQuery33\.done_1\((.*)\);", answer.get_data(as_text=True), re.DOTALL)
    assert said is not None
    jsonschema.validate(json.loads(said[1]), schemas.MANIFEST)
    assert client.get("/reconcile?callback=alert(1)//").status_code == 400


def test_rows_are_extended_with_properties(client: FlaskClient) -> None:
    asked = {"ids": ["Q956", "Q36027", "nothing"], "properties": [{"id": "country"}, {"id": "coordinates"},
             {"id": "names-en", "settings": {"limit": 1}}, {"id": "start"}, {"id": "latitude"}]}  # fmt: skip
    found = post(client, "extend", asked)
    jsonschema.validate(found, schemas.EXTENDED)
    assert [m["id"] for m in found["meta"]] == ["country", "coordinates", "names-en", "start", "latitude"]
    assert found["meta"][0]["type"] == {"id": "place", "name": "place"}
    assert "type" not in found["meta"][1]
    assert found["rows"]["Q956"]["country"] == [{"id": "Q148", "name": "People's Republic of China"}]
    assert found["rows"]["Q956"]["coordinates"][0]["str"].startswith("39.9")
    assert len(found["rows"]["Q956"]["names-en"]) == 1
    assert found["rows"]["nothing"]["country"] == []


def test_properties_are_proposed_for_a_type(client: FlaskClient) -> None:
    found = client.get("/reconcile/extend/propose?type=place-city").get_json()
    jsonschema.validate(found, schemas.PROPOSED)
    ids = [p["id"] for p in found["properties"]]
    assert "coordinates" in ids
    assert "echelon" not in ids
    everything = client.get("/reconcile/extend/propose").get_json()["properties"]
    asked = {"ids": ["Q956", "Q204839"], "properties": [{"id": p["id"]} for p in everything]}
    jsonschema.validate(post(client, "extend", asked), schemas.EXTENDED)


def test_a_preview_may_stand_in_openrefine(client: FlaskClient) -> None:
    answer = client.get("/reconcile/preview?id=Q956")
    assert answer.mimetype == "text/html"
    assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]
    for word in ("Beijing", "北京", "Peking", "39.9"):
        assert word in answer.get_data(as_text=True)


def test_a_view_leads_to_the_page_or_to_wikidata(client: FlaskClient) -> None:
    assert client.get("/reconcile/view?id=Q956").headers["Location"] == "/page/entity/Q956"
    archive = client.application.extensions["dateline"].archive
    items = open_authority().items("place")
    absent = next(i for i in items if i.verified and i.id.startswith("Q") and archive.entity(i.id) is None)
    away = client.get(f"/reconcile/view?id={absent.id}").headers["Location"]
    assert away == f"http://www.wikidata.org/entity/{absent.id}"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("queries", "no json"),
        ("queries", "[]"),
        ("queries", '{"q": {}}'),
        ("queries", '{"q": {"query": "x", "limit": 0}}'),
        ("queries", '{"q": {"query": "x", "type": 7}}'),
        ("queries", '{"q": {"query": "x", "type_strict": "maybe"}}'),
        ("queries", '{"q": {"query": "x", "properties": [{"v": 1}]}}'),
        ("queries", "[" * 20000),
        ("extend", "[]"),
        ("extend", '{"ids": ["Q956"], "properties": [{"id": "nonsense"}]}'),
    ],
)
def test_what_cannot_be_answered_is_a_400_that_says_why(client: FlaskClient, name: str, value: str) -> None:
    answer = client.post("/reconcile", data={name: value}, headers={"Accept": "application/json"})
    assert answer.status_code == 400
    assert answer.get_json()["error"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_body_has_its_limit(client: FlaskClient) -> None:
    answer = client.post("/reconcile", data={"queries": "x" * (11 << 20)})
    assert answer.status_code == 413
    assert answer.get_json()["error"] == "the body is too large"
