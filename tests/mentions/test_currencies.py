"""Which currency a word means that several states use."""

from __future__ import annotations

import pytest

from kg.mentions.quantities.currencies import of_its_land
from kg.mentions.quantities.measures import Measures
from kg.model import Item

NAMES = {
    "Indian rupee": "卢比",
    "Pakistani rupee": "巴基斯坦卢比",
    "Sri Lankan rupee": "锡兰卢比",
    "pound sterling": "英镑",
    "Egyptian pound": "埃镑",
    "yuan": "元",
    "United States dollar": "美元",
    "Swedish krona": "瑞典克朗",
    "Danish krone": "丹麦克朗",
    "Dutch guilder": "荷兰盾",
    "Vietnamese đồng": "越盾",
    "South Korean won": "韩元",
    "Soviet rouble": "卢布",
    "Russian rouble": "俄罗斯卢布",
}
MEASURES = Measures(
    Item(f"x-{n}", "measure", "currency", (("zh", zh), ("en", en)), prior=0.9, unit_name=en)
    for n, (en, zh) in enumerate(NAMES.items())
)


@pytest.mark.parametrize(
    ("text", "amount", "usual", "meant"),
    [
        ("锡兰政府拨款五百万卢比", "五百万卢比", "Indian rupee", "Sri Lankan rupee"),
        ("拨款五百万卢比，由卡拉奇的银行付出", "五百万卢比", "Indian rupee", "Pakistani rupee"),
        ("印度政府拨款五百万卢比给巴基斯坦", "五百万卢比", "Indian rupee", "Indian rupee"),
        ("锡兰农民歉收。\n损失一千卢比", "一千卢比", "Indian rupee", "Sri Lankan rupee"),
        ("损失一千卢比", "一千卢比", "Indian rupee", "Indian rupee"),
        ("埃及付出三百万镑", "三百万镑", "pound sterling", "Egyptian pound"),
        ("埃及付出三百万英镑", "三百万英镑", "pound sterling", "pound sterling"),
        ("Ceylon will spend 5 million rupees", "5 million rupees", "Indian rupee", "Sri Lankan rupee"),
        ("美国军费增加到四百五十亿元", "四百五十亿元", "yuan", "United States dollar"),
        ("中国向美国灾民捐款五百万元", "五百万元", "yuan", "yuan"),
        ("工厂造价五十万元。美国报纸说", "五十万元", "yuan", "yuan"),
        ("河内的鱼露每升涨到四盾", "四盾", "Dutch guilder", "Vietnamese đồng"),
        ("汉城的米价每袋六千元", "六千元", "yuan", "South Korean won"),
        ("叶利钦拨款三亿卢布", "三亿卢布", "Soviet rouble", "Russian rouble"),
        ("丹麦和瑞典的渔民。哥本哈根付出两亿克朗", "两亿克朗", "Swedish krona", "Danish krone"),
    ],
)
def test_the_land_of_the_text_decides(text: str, amount: str, usual: str, meant: str) -> None:
    unit = MEASURES.named(usual)
    assert unit is not None
    start = text.index(amount)
    assert of_its_land(text, start, start + len(amount), unit, MEASURES).name == meant
