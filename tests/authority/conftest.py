from __future__ import annotations

from pathlib import Path

import pytest

from kg.authority import Authority
from kg.authority.index import write_index
from kg.authority.wikidata.client import Wikidata
from kg.authority.wikidata.transport import Politeness
from kg.model import EventType, Item
from kg.settings import Settings

from .standin import StandIn

SHARED = Path(__file__).parents[3] / "shared"

ITEMS = [
    Item("Q881", "place", "country", (("zh", "越南"), ("en", "Vietnam")), start="1945-09-02", prior=0.9),
    Item("Q10", "place", "province", (("zh", "莱州省"), ("en", "Lai Châu Province")), country="Q881",
         prior=0.3, lat=22.0, lon=103.0),
    Item("Q11", "place", "city", (("zh", "莱州"), ("en", "Laizhou")), country="Q9", prior=0.2,
         lat=37.2, lon=119.9),
    Item("Q9", "place", "country", (("zh", "中国"), ("en", "China")), (("en", "PRC"),), prior=0.95),
    Item("Q12", "place", "city", (("zh", "奠边府"), ("en", "Điện Biên Phủ")), (("vi", "Điện Biên"),),
         country="Q881", part_of=("Q10",), prior=0.4, lat=21.39, lon=103.02),
    Item("Q13", "source", "newspaper", (("zh", "晨报"), ("en", "The Morning Post"))),
    Item("Q14", "event", "battle", (("zh", "青山战役"), ("en", "Battle of Green Hill")), start="1953-11-20",
         end="1953-12", event_type=EventType.BATTLE, places=("Q12",)),
    Item("Q15", "event", "war", (("zh", "青山战争"), ("en", "Green Hill War")), start="1946",
         end="1954-07-21"),
    Item("Q16", "measure", "length", (("zh", "公里"), ("en", "kilometre")), (("en", "km"),),
         unit_name="kilometre", factor=1000.0),
    Item("x-guards", "unit", "division", (("zh", "美国第九师"), ("en", "Ninth Division")), verified=False),
]  # fmt: skip


@pytest.fixture(scope="session")
def index_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("index") / "authority.db"
    write_index(path, sorted(ITEMS, key=lambda i: i.id), date="2026-01-02", sources=["test"])
    return path


@pytest.fixture
def authority(index_file: Path) -> Authority:
    return Authority(index_file)


@pytest.fixture
def standin():
    server = StandIn()
    yield server
    server.close()


@pytest.fixture
def pauses() -> list[float]:
    """The waits that a client made; it does not really wait."""
    return []


@pytest.fixture
def settings(standin: StandIn) -> Settings:
    return Settings(
        wikidata_api=f"{standin.url}/w/api.php",
        wikidata_sparql=f"{standin.url}/sparql",
        user_agent="Dateline-tests/1 (tests@example.org)",
    )


@pytest.fixture
def wikidata(settings: Settings, pauses: list[float]):
    with Wikidata(settings, politeness=Politeness(backoff=0.01, sleep=pauses.append)) as client:
        yield client


@pytest.fixture
def refdata() -> Path:
    folder = SHARED / "refdata"
    if not folder.is_dir():
        pytest.skip(f"no reference data at {folder}")
    return folder
