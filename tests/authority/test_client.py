"""The client of Wikidata over real HTTP: what it asks, and how it bears what servers do."""

from __future__ import annotations

import pytest

from kg.authority.wikidata.cache import EntityCache
from kg.authority.wikidata.client import Wikidata
from kg.authority.wikidata.transport import Politeness
from kg.errors import AuthorityError, RemoteError

from .standin import document

TOWN = document("Q100", {"en": "Greenford", "zh": "绿津"}, "Q3957")


def asked(standin) -> list[list[str]]:
    return [r["ids"].split("|") for r in standin.requests if "ids" in r]


def test_entities_are_asked_fifty_at_a_time_with_maxlag_and_a_name(wikidata, standin):
    standin.add(*(document(f"Q{n}", {"en": f"Town {n}"}, "Q3957") for n in range(1, 121)))
    fetched = list(wikidata.entities(f"Q{n}" for n in range(1, 121)))
    assert [f.asked for f in fetched] == [f"Q{n}" for n in range(1, 121)]
    assert all(f.document["id"] == f.asked for f in fetched)
    assert [len(batch) for batch in asked(standin)] == [50, 50, 20]
    assert {r["maxlag"] for r in standin.requests} == {"5"}
    assert set(standin.user_agents) == {"Dateline-tests/1 (tests@example.org)"}


def test_requests_are_serial_and_an_id_is_asked_once(wikidata, standin):
    standin.add(TOWN)
    assert len(list(wikidata.entities(["Q100"] * 3))) == 1
    assert standin.most_at_once == 1


@pytest.mark.parametrize(
    "fault",
    [500, 502, 504, 429, (429, {"Retry-After": "1"}), 503, "truncated", "half",
     {"error": {"code": "maxlag", "info": "3 seconds lagged", "lag": 3}},
     {"error": {"code": "ratelimited", "info": "slow down"}}],
    ids=str,
)  # fmt: skip
def test_passing_faults_are_outlasted(wikidata, standin, fault):
    standin.add(TOWN)
    standin.faults = [fault, fault]
    (fetched,) = wikidata.entities(["Q100"])
    assert fetched.document["labels"]["en"]["value"] == "Greenford"
    assert len(standin.requests) == 3


def test_retry_after_is_obeyed(wikidata, standin, pauses):
    standin.add(TOWN)
    standin.faults = [(429, {"Retry-After": "17"}), (503, {"Retry-After": "3"})]
    list(wikidata.entities(["Q100"]))
    assert pauses == [17.0, 3.0]


def test_retry_after_given_as_a_date_is_obeyed(wikidata, standin, pauses):
    standin.add(TOWN)
    standin.faults = [(429, {"Retry-After": "Fri, 01 Jan 2038 00:00:00 GMT"})]
    with pytest.raises(RemoteError, match="asks to wait"):
        list(wikidata.entities(["Q100"]))
    assert pauses == []


def test_a_ban_is_told_and_not_waited_for(wikidata, standin, pauses):
    standin.add(TOWN)
    standin.faults = [(429, {"Retry-After": "86400"})]
    with pytest.raises(RemoteError, match="86400 seconds"):
        list(wikidata.entities(["Q100"]))
    assert len(standin.requests) == 1


def test_maxlag_waits_at_least_five_seconds(wikidata, standin, pauses):
    standin.add(TOWN)
    standin.faults = [{"error": {"code": "maxlag", "info": "lagged"}, "headers": {"Retry-After": "9"}},
                      {"error": {"code": "maxlag", "info": "lagged"}}]  # fmt: skip
    list(wikidata.entities(["Q100"]))
    assert pauses == [9.0, 5.0]


@pytest.mark.parametrize(
    "fault", [500, 429, "truncated", {"error": {"code": "maxlag", "info": "lagged"}}], ids=str
)
def test_a_fault_that_stays_is_told(wikidata, standin, fault):
    standin.faults = [fault] * 100
    with pytest.raises(RemoteError, match="run it again later"):
        list(wikidata.entities(["Q100"]))
    assert 3 <= len(standin.requests) <= 8


def test_refused_for_its_name(wikidata, standin):
    standin.faults = [403]
    with pytest.raises(RemoteError, match="user_agent"):
        list(wikidata.entities(["Q100"]))


def test_other_errors_inside_200_are_not_repeated(wikidata, standin):
    standin.faults = [{"error": {"code": "unknown_action", "info": "what?"}}]
    with pytest.raises(RemoteError, match="unknown_action"):
        list(wikidata.entities(["Q100"]))
    assert len(standin.requests) == 1


def test_slow_answers_are_waited_for_and_too_slow_ones_told(settings, standin):
    standin.add(TOWN)
    standin.faults = ["slow"]
    with Wikidata(settings, politeness=Politeness(timeout=(1, 5))) as client:
        assert next(client.entities(["Q100"])).document
    standin.faults = ["slow"] * 10
    with (
        Wikidata(settings, politeness=Politeness(attempts=1, backoff=0, timeout=(1, 0.2))) as client,
        pytest.raises(RemoteError),
    ):
        list(client.entities(["Q100"]))


def test_no_server_is_told(settings, standin):
    standin.close()
    with (
        Wikidata(settings, politeness=Politeness(attempts=1, backoff=0)) as client,
        pytest.raises(RemoteError, match="network"),
    ):
        list(client.entities(["Q100"]))


def test_merged_items_come_back_under_their_new_id(wikidata, standin):
    standin.add(TOWN)
    standin.redirects = {"Q99": "Q100"}
    (fetched,) = wikidata.entities(["Q99"])
    assert fetched.asked == "Q99"
    assert fetched.redirect == "Q100"


def test_a_merged_item_and_its_target_in_one_batch(wikidata, standin):
    standin.add(TOWN)
    standin.redirects = {"Q99": "Q100"}
    assert [(f.asked, f.redirect) for f in wikidata.entities(["Q99", "Q100"])] == [
        ("Q99", "Q100"),
        ("Q100", None),
    ]


def test_missing_items_have_no_document(wikidata, standin):
    standin.add(TOWN)
    assert [(f.asked, f.document is None) for f in wikidata.entities(["Q7", "Q100"])] == [
        ("Q7", True),
        ("Q100", False),
    ]


def test_an_impossible_id_does_not_spoil_its_batch(wikidata, standin):
    standin.add(TOWN)
    found = {f.asked: f.document for f in wikidata.entities(["Q3000000000", "Q100"])}
    assert found["Q3000000000"] is None
    assert found["Q100"]["id"] == "Q100"


def test_what_was_fetched_is_kept_and_a_stopped_run_goes_on(settings, standin, tmp_path):
    standin.add(*(document(f"Q{n}", {"en": f"Town {n}"}, "Q3957") for n in range(1, 81)))
    ids = [f"Q{n}" for n in range(1, 81)]
    polite = Politeness(attempts=2, backoff=0, sleep=lambda s: None)
    standin.faults = [None, *[500] * 20]
    with (
        Wikidata(settings, cache=EntityCache(tmp_path / "c.db"), politeness=polite) as client,
        pytest.raises(RemoteError),
    ):
        list(client.entities(ids))
    standin.faults, standin.requests = [], []
    with Wikidata(settings, cache=EntityCache(tmp_path / "c.db"), politeness=polite) as client:
        assert {f.asked for f in client.entities(ids)} == set(ids)
    assert [len(batch) for batch in asked(standin)] == [30]


def test_missing_items_are_not_kept(settings, standin, tmp_path):
    for _ in range(2):
        with Wikidata(settings, cache=EntityCache(tmp_path / "c.db")) as client:
            assert next(client.entities(["Q7"])).document is None
    assert len(standin.requests) == 2


def test_old_documents_are_fetched_anew(settings, standin, tmp_path):
    standin.add(TOWN)
    for _ in range(2):
        with Wikidata(settings, cache=EntityCache(tmp_path / "c.db", max_age_days=-1)) as client:
            list(client.entities(["Q100"]))
    assert len(standin.requests) == 2


def test_a_cache_that_is_none_is_told(tmp_path):
    (tmp_path / "c.db").write_text("no database, but long enough to be looked at as one" * 100)
    with pytest.raises(AuthorityError, match="delete it"):
        EntityCache(tmp_path / "c.db")


def test_search_by_name(wikidata, standin):
    standin.add(TOWN, document("Q101", {"en": "Greenford Hall"}, "Q3957"))
    assert [h.id for h in wikidata.search("greenford", "en")] == ["Q100", "Q101"]
    assert [h.id for h in wikidata.search("绿津", "zh")] == ["Q100"]


def test_query_service(wikidata, standin):
    standin.rows = [{"item": {"type": "uri", "value": "http://www.wikidata.org/entity/Q100"}}]
    assert wikidata.members(["Q3957"]) == ("Q100",)
    assert "wdt:P279*" in standin.requests[0]["query"]


def test_queries_take_only_qids(wikidata):
    with pytest.raises(ValueError, match="no QID"):
        wikidata.members(["Q1 } DROP"])
