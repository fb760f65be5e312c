from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared" / "eval"

CHINESE = """### 海河铁桥今日通车

1953-12-14
第4版()
专栏：

　　海河铁桥今日通车
    【新华社天津十三日电】横跨海河的铁桥十三日举行通车典礼。铁桥长二百公尺。
    据塔斯社讯：苏联专家三人参加了典礼。
"""

BILINGUAL = (
    """Title: Iron Bridge Over the Hai River Opened Today
Author:
Date: 1953-12-14
Page: 4

    Iron Bridge Over the Hai River Opened Today
    Xinhua News Agency, Tianjin, December 13th: The iron bridge across the Hai River was opened on the 13th.
The bridge is 200 meters long.

    According to TASS: Three Soviet experts attended the ceremony.

**Named Entities**

海河  Hai River
天津  Tianjin
塔斯社  TASS



<hr />

Original:


"""
    + CHINESE
)

ENGLISH = """Title: Iron Bridge Opened
Author: Li Ming

Date: 1953-12-14
Edition: 4

Xinhua News Agency, Tianjin, December 13th: The iron bridge was opened on the 13th.

Three Soviet experts attended.
"""


@pytest.fixture
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip(f"no evaluation material at {SHARED}")
    return SHARED
