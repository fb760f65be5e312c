"""The pool of query workers, with real processes over a real store."""

from __future__ import annotations

import os
import select
import signal
import socket
import threading
import time
from pathlib import Path

import pyoxigraph as ox
import pytest

from server.workers import Busy, Conversation, Died, Ended, Place, Pool, Refused
from server.workers.conversation import SETTLED_AFTER, Worker
from server.workers.frames import send_question

CROSS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


def question(query: str, results: str = "JSON", graphs: str = "N_TRIPLES") -> dict:
    return {"query": query, "result_format": results, "graph_format": graphs}


def text(answer) -> str:
    try:
        return b"".join(answer.chunks).decode()
    finally:
        answer.close()


def settle(pool: Pool, size: int = 3) -> None:
    """Until all workers are there: all but the first start in the background."""
    deadline = time.monotonic() + 20
    while pool.status().idle < size and time.monotonic() < deadline:
        time.sleep(0.01)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("pool") / "store"
    opened = ox.Store(str(path))
    lines = "".join(f'<http://e/{n}> <http://e/p> "{n}" .\n' for n in range(3000))
    opened.bulk_load(lines.encode(), ox.RdfFormat.N_TRIPLES)
    opened.flush()
    del opened
    return path


@pytest.fixture
def pool(store):
    pool = Pool(store, size=3, memory=2048, patience=2)
    settle(pool)
    yield pool
    pool.close()


def test_select_counts_rows_in_every_format(pool):
    for results in ("JSON", "XML", "CSV", "TSV"):
        answer = pool.ask(question("SELECT * { ?s ?p ?o } LIMIT 10", results), timeout=5)
        assert "http://e/p" in text(answer)
        assert answer.end["rows"] == 10, results
    answer = pool.ask(question("SELECT * { ?s <http://none> ?o }"), timeout=5)
    assert '"bindings":[]' in text(answer)
    assert answer.end["rows"] == 0


def test_ask_and_construct(pool):
    assert "true" in text(pool.ask(question("ASK { ?s ?p ?o }"), timeout=5))
    answer = pool.ask(question("CONSTRUCT WHERE { ?s ?p '7' }"), timeout=5)
    assert answer.kind == "graph"
    assert text(answer) == '<http://e/7> <http://e/p> "7" .\n'


def test_syntax_error_tells_where(pool):
    with pytest.raises(Refused) as caught:
        pool.ask(question("SELECT * { ?s ?p "), timeout=5)
    assert caught.value.document["type"] == "syntax"
    assert caught.value.document["line"] == 1
    assert pool.status().idle == 3


def test_timeout_ends_the_query_within_a_second(pool):
    began = time.monotonic()
    with pytest.raises(Ended) as caught:
        pool.ask(question(CROSS), timeout=1.5)
    assert caught.value.why == "timeout"
    assert time.monotonic() - began < 2.5
    assert pool.status().killed == 1
    assert "true" in text(pool.ask(question("ASK {}"), timeout=5))


def test_a_crash_of_the_engine_is_told_and_others_go_on(pool):
    nested = "SELECT * WHERE " + "{" * 6000 + "}" * 6000
    with pytest.raises((Died, Refused)):
        pool.ask(question(nested), timeout=10)
    assert "true" in text(pool.ask(question("ASK {}"), timeout=5))


def test_hang_up_frees_the_worker(pool):
    ours, theirs = socket.socketpair()
    caught: list[str] = []

    def run() -> None:
        try:
            pool.ask(question(CROSS), timeout=20, client=ours)
        except Ended as e:
            caught.append(e.why)

    thread = threading.Thread(target=run)
    thread.start()
    time.sleep(0.3)
    theirs.close()
    thread.join(3)
    ours.close()
    assert caught == ["client"]
    assert pool.status().killed == 1


def test_an_unread_answer_frees_its_worker(pool):
    answer = pool.ask(question("SELECT * { ?s ?p ?o . ?a ?b ?c }"), timeout=20)
    answer.close()
    assert pool.status().killed == 1
    assert "true" in text(pool.ask(question("ASK {}"), timeout=5))


def test_quick_queries_answer_beside_ten_runaways(pool):
    outcomes: list[str] = []

    def runaway() -> None:
        try:
            pool.ask(question(CROSS), timeout=4)
        except (Busy, Ended) as e:
            outcomes.append(type(e).__name__)

    threads = [threading.Thread(target=runaway) for _ in range(10)]
    for t in threads:
        t.start()
    time.sleep(2.5)  # past the point where long queries give way
    answered = 0
    for _ in range(20):
        try:
            text(pool.ask(question("ASK { ?s ?p ?o }"), timeout=2))
            answered += 1
        except Busy:
            pass
    for t in threads:
        t.join(30)
    assert len(outcomes) == 10
    assert answered >= 15


def test_reload_serves_the_new_store(pool, tmp_path):
    path = tmp_path / "other"
    opened = ox.Store(str(path))
    opened.add(ox.Quad(ox.NamedNode("http://new/s"), ox.NamedNode("http://e/p"), ox.Literal("x")))
    opened.flush()
    del opened
    pool.reload(path)
    assert "http://new/s" in text(pool.ask(question("SELECT * { ?s ?p ?o }"), timeout=5))


def test_who_waits_for_a_worker_is_served_in_order(store):
    pool = Pool(store, size=1, queue=2, patience=5)
    served: list[Place] = []
    first = pool.line_up(served.append, behind=False)
    second, third = pool.line_up(served.append, behind=False), pool.line_up(served.append, behind=False)
    assert first.worker is not None
    assert pool.status().waiting == 2
    with pytest.raises(Busy):
        pool.line_up(served.append, behind=False)
    with pytest.raises(Busy):
        pool.ask(question("ASK {}"), timeout=5)
    for place in (first, second, third):
        assert text(pool.begin(place, question("ASK {}"), timeout=5).begin()) == '{"head":{},"boolean":true}'
    assert served == [second, third]  # the first had its worker at once
    assert pool.status().idle == 1
    pool.close()


def test_who_leaves_the_queue_leaves_his_worker_to_the_next(store):
    pool = Pool(store, size=1, queue=5, patience=5)
    served: list[Place] = []
    first, second, third, fourth = (pool.line_up(served.append, behind=False) for _ in range(4))
    pool.withdraw(second)
    pool.withdraw(first)
    pool.withdraw(third)
    assert served == [third, fourth]
    pool.withdraw(fourth)
    status = pool.status()
    assert (status.idle, status.waiting, status.busy) == (1, 0, 0)
    pool.close()


def test_a_reload_serves_those_who_wait(store):
    pool = Pool(store, size=1, queue=5, patience=5)
    served: list[Place] = []
    busy, waiting = pool.line_up(served.append, behind=False), pool.line_up(served.append, behind=False)
    pool.reload(store)
    assert served == [waiting]
    for place in (waiting, busy):
        assert "true" in text(pool.begin(place, question("ASK {}"), timeout=5).begin())
    pool.close()


def test_queries_that_have_just_begun_go_one_after_another(store):
    pool = Pool(store, size=2, abreast=1, queue=5, patience=5)
    settle(pool, 2)
    served: list[Place] = []
    first, second = pool.line_up(served.append, behind=False), pool.line_up(served.append, behind=False)
    assert first.worker is not None
    assert second.worker is None
    assert "true" in text(pool.begin(first, question("ASK {}"), timeout=5).begin())
    assert served == [second]
    pool.withdraw(second)
    pool.close()


def test_a_query_that_takes_its_time_lets_the_next_begin(store):
    pool = Pool(store, size=2, abreast=1, queue=5, patience=1)
    settle(pool, 2)
    ended = []

    def run() -> None:
        with pytest.raises(Ended):
            pool.ask(question(CROSS), timeout=4)
        ended.append(True)

    slow = threading.Thread(target=run)
    slow.start()
    while pool.status().idle == 2:
        time.sleep(0.001)
    assert "true" in text(pool.ask(question("ASK {}"), timeout=5))  # refused after a second if it had to wait
    assert not ended
    slow.join()
    pool.close()


@pytest.fixture
def one_at_a_time(store):
    """A pool of two workers, where a quick query begins when that before has ended or takes its time."""
    pool = Pool(store, size=2, abreast=1, patience=5)
    settle(pool, 2)
    yield pool
    pool.close()


def behind(pool: Pool, count: int, served: list[Place]) -> list[Place]:
    return [pool.line_up(served.append, behind=True) for _ in range(count)]


def fed(conversation: Conversation) -> str:
    """The answer, as an event loop gets it."""
    assert select.select([conversation.sock], [], [], 20)[0]
    whole = conversation.feed()
    assert whole is not None
    return bytes(whole.body).decode()


def stop(worker: Worker) -> None:
    """Until it has stopped: a signal takes its time."""
    os.kill(worker.pid, signal.SIGSTOP)
    while " T " not in Path(f"/proc/{worker.pid}/stat").read_text():
        time.sleep(0.001)


def until_settled(conversation: Conversation) -> None:
    time.sleep(2 * SETTLED_AFTER)
    conversation.look()


def test_some_wait_at_the_worker_itself(store):
    pool = Pool(store, size=1, queue=2, patience=5)
    served: list[Place] = []
    places = behind(pool, 6, served)
    assert [place.worker is not None for place in places] == [True] * 4 + [False] * 2
    with pytest.raises(Busy):
        behind(pool, 1, served)
    said = []
    for n in range(6):  # each answer lets one more come
        place = places[n]
        for other in places:
            if other.worker is not None and not other.put:
                number = places.index(other)
                begun = pool.begin(other, question(f"SELECT ({number} AS ?n) {{}}", "CSV"), timeout=5)
                said.append(begun)
        said[n].start()
        assert place.worker is not None
        assert place.worker.places[0] is place
        assert fed(said[n]).split() == ["n", str(n)]
    assert served == places[4:]
    assert (pool.status().idle, pool.status().started) == (1, 1)
    pool.close()


def test_who_waits_behind_a_query_that_takes_its_time_gets_another_worker(one_at_a_time):
    pool = one_at_a_time
    served: list[Place] = []
    first, second, third = behind(pool, 3, served)
    slow = pool.begin(first, question(CROSS), timeout=5)
    pool.begin(second, question("SELECT (2 AS ?n) {}", "CSV"), timeout=5)  # third is not put yet
    assert second.worker is third.worker is first.worker
    until_settled(slow)
    assert served == [second, third]
    assert second.worker is third.worker is not first.worker
    for place in (second, third):
        assert "true" in fed(pool.begin(place, question("ASK {}"), timeout=5))
    assert pool.status().killed == 0
    slow.leave()
    assert pool.status().killed == 1


def test_who_waits_behind_a_query_that_ends_its_worker_gets_another(one_at_a_time):
    pool = one_at_a_time
    served: list[Place] = []
    first, second = behind(pool, 2, served)
    fatal = pool.begin(first, question(CROSS), timeout=5)
    pool.begin(second, question("ASK {}"), timeout=5)
    os.kill(first.worker.pid, signal.SIGKILL)
    with pytest.raises(Died):
        fed(fatal)
    assert served == [second]
    assert second.worker is not first.worker
    assert "true" in fed(pool.begin(second, question("ASK {}"), timeout=5))


def test_a_worker_that_has_not_come_to_its_question_keeps_it(one_at_a_time):
    pool = one_at_a_time
    served: list[Place] = []
    first, second = behind(pool, 2, served)
    worker = first.worker
    stop(worker)
    late = pool.begin(first, question("ASK {}"), timeout=5)
    pool.begin(second, question("ASK {}"), timeout=5)
    until_settled(late)
    assert served == [second]
    assert second.worker is not worker
    os.kill(worker.pid, signal.SIGCONT)
    assert "true" in fed(late)
    assert "true" in fed(pool.begin(second, question("ASK {}"), timeout=5))
    assert pool.status().idle == 2


def test_who_leaves_while_he_waits_at_a_worker(store):
    pool = Pool(store, size=1, patience=5)
    served: list[Place] = []
    first, second, third = behind(pool, 3, served)
    pool.withdraw(second)
    pool.withdraw(first)
    assert "true" in fed(pool.begin(third, question("ASK {}"), timeout=5))
    assert (pool.status().idle, served) == (1, [])
    pool.close()


def test_who_has_a_thread_waits_for_an_idle_worker(store):
    pool = Pool(store, size=1, patience=5)
    served: list[Place] = []
    first, *_ = behind(pool, 1, served)
    thread = pool.line_up(served.append, behind=False)
    last, *_ = behind(pool, 1, served)
    assert thread.worker is last.worker is None  # the last does not overtake
    assert "true" in fed(pool.begin(first, question("ASK {}"), timeout=5))
    assert served == [thread]
    pool.withdraw(thread)
    assert served == [thread, last]
    pool.withdraw(last)
    pool.close()


def test_long_questions_and_long_values_arrive_whole(pool):
    long = "x" * 700_000
    answer = pool.ask(question(f'SELECT ("{long}" AS ?n) {{}}', "CSV"), timeout=20)
    assert text(answer).split() == ["n", long]
    assert answer.end["rows"] == 1


def test_large_results_stream(pool):
    answer = pool.ask(question("SELECT * { ?s ?p ?o . ?a ?b ?c } LIMIT 400000"), timeout=60)
    chunks = iter(answer.chunks)
    first = next(chunks)
    assert len(first) < 1_000_000
    rest = sum(len(c) for c in chunks)
    answer.close()
    assert rest > 10_000_000
    assert answer.end["rows"] == 400_000


def test_the_worker_of_a_large_answer_comes_back(pool):
    """Unless one had to take its place: it has read what the next such query reads too."""
    for _ in range(3):
        answer = pool.ask(question("SELECT * { ?s ?p ?o . ?a ?b ?c } LIMIT 50000"), timeout=60)
        assert sum(len(chunk) for chunk in answer.chunks) > 1_000_000
        answer.close()
    status = pool.status()
    assert (status.started, status.killed, status.idle, status.download) == (3, 0, 3, 0)


def test_others_start_before_all_are_away(pool):
    answers = [pool.ask(question("SELECT * { ?s ?p ?o . ?a ?b ?c }"), timeout=60) for _ in range(2)]
    for answer in answers:
        for _ in range(8):  # enough to count as a download
            next(answer.chunks)
    deadline = time.monotonic() + 20
    while pool.status().idle < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    status = pool.status()
    assert (status.started, status.idle, status.download) == (4, 2, 2)
    for answer in answers:
        answer.close()


class Racing:
    """The worker's end of its questions, where it takes one while they are taken back."""

    def __init__(self, worker: Worker, which: int) -> None:
        self._sock, self._worker, self._left = worker.unread, worker, which
        self._took = b""

    def recv(self, size: int, flags: int) -> bytes:
        if self._left == 0:
            self._took = self._sock.recv(size, flags)
        self._left -= 1
        try:
            return self._sock.recv(size, flags)
        except BlockingIOError:
            self._worker.questions.send(self._took)  # it comes to this one
            raise

    def close(self) -> None:
        self._sock.close()


@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_worker_may_come_to_any_question_while_they_are_taken_back(one_at_a_time, which):
    """Each gets its own answer, whichever it was."""
    pool = one_at_a_time
    served: list[Place] = []
    places = behind(pool, 4, served)
    worker = places[0].worker
    stop(worker)
    asked = [question(f"SELECT ({n} AS ?n) {{}}", "CSV") for n in range(4)]
    begun = [pool.begin(place, one, timeout=5) for place, one in zip(places, asked, strict=True)]
    worker.unread = Racing(worker, which)
    until_settled(begun[0])
    os.kill(worker.pid, signal.SIGCONT)
    assert [place for place in places if place.worker is worker] == worker.places == [places[which]]
    assert fed(begun[which]).split() == ["n", str(which)]
    for n, place in enumerate(places):
        if n != which:
            assert place in served
            assert not place.put
            assert fed(pool.begin(place, asked[n], timeout=5)).split() == ["n", str(n)]
    assert pool.status().idle == 2


def test_nobody_gets_the_answer_of_another(pool):
    """Should a worker be at another question than it is held for, its answer is thrown away, and it ends."""
    served: list[Place] = []
    (place,) = behind(pool, 1, served)
    worker = place.worker
    send_question(
        question("SELECT (7 AS ?n) {}", "CSV") | {"number": 4_000_000_000}, worker.questions, worker.sock
    )
    conversation = pool.begin(place, question("SELECT (8 AS ?n) {}", "CSV"), timeout=5)
    with pytest.raises(Died, match="another query"):
        fed(conversation)
    settle(pool)
    assert text(pool.ask(question("SELECT (8 AS ?n) {}", "CSV"), timeout=5)).split() == ["n", "8"]
    assert pool.status().died == 1
