"""Evidence by ticket: stated or denied, in headings and forms, with offsets in the raw field."""

import pytest

from triage.assessment import ELEMENTS
from triage.evidence.finder import Finder, Found
from triage.language.pack import load_pack
from triage.ticket import Ticket

FINDER = Finder(load_pack())


def find(title: str = "", body: str = "", **fields: str) -> Found:
    return FINDER.find(Ticket(title=title, body=body, fields=fields))


def test_every_element_has_an_entry() -> None:
    found = find(body="黑屏")
    assert set(found.stated) == set(found.denied) == set(ELEMENTS)


def test_a_full_ticket_has_everything() -> None:
    body = (
        "线上三成用户进房失败，昨晚 8 点开始，错误码 -3301，房间号 edu_88213。\n"
        "步骤：1. 打开 App 2. 点击加入房间\n"
        "预期：能正常进房\n"
        "Android 14，TRTC SDK 11.7.0\n"
        "已经有 12 个家长要求退费。联系电话 13812345678"
    )
    found = find("进房失败", body)
    missing = [element for element in ELEMENTS if found.status(element) != "present"]
    assert missing == []
    for evidence in (one for element in ELEMENTS for one in found.stated[element]):
        raw = {"title": "进房失败", "body": body}[evidence.field]
        assert raw[evidence.start : evidence.end] == evidence.text


@pytest.mark.parametrize(
    ("element", "text"),
    [
        ("logs", "没有日志"),
        ("logs", "### 日志\n暂无"),
        ("logs", "I don't have logs"),
        ("reproduction", "目前无法复现"),
        ("reproduction", "复现步骤：无"),
        ("reproduction", "Cannot reproduce it"),
        ("session", "房间号忘了"),
        ("impact", "影响多少用户还没统计"),
        ("timing", "具体时间不记得了"),
    ],
)
def test_denials_are_told_from_silence(element: str, text: str) -> None:
    assert find("黑屏", text).status(element) == "denied"


@pytest.mark.parametrize(
    ("element", "text"),
    [
        ("logs", "需要的话可以提供日志"),
        ("logs", "I can provide logs if needed"),
        ("logs", "### 日志\n"),
        ("logs", "### Logs\nN/A"),
        ("reproduction", "### 复现步骤\n[请填写]\n### 机型\n小米"),
        ("reproduction", "【复现途径】\n1. 调用 ... API\n2. 调用 ... API\n3. 出现 Bug"),
        ("session", "【房间号】\n123456"),
        ("session", "房间号：xxx"),
        ("session", "AppID 1400123456，用户 id u_1001"),
        ("environment", "安卓上"),
        ("environment", "最新版 SDK，安卓"),
        ("environment", "SDK 4.6.1"),
        ("timing", "最近有时候会卡顿"),
        ("timing", "一直这样，老是掉线"),
        ("timing", "每天 600 单左右，每 20ms 推一次"),
        ("timing", "联系人老吴，工作日 9 点到 18 点"),
        ("timing", "昨天刚充的 2 万，资料提交三天了"),
        ("logs", "onAutoplayFailed 没有触发，leave 返回 200"),
        ("session", "查询在线频道 429"),
        ("environment", "iPhone 14 微信 8.0.49"),
        ("business_loss", "我不想用了，我要退款"),
        ("contact", "请尽快联系我"),
        ("business_loss", "影响很大，老板很着急"),
    ],
)
def test_offers_placeholders_and_hints_are_no_evidence(element: str, text: str) -> None:
    assert find("黑屏", text).status(element) == "missing"


def test_form_fields_and_attachments_count_as_text() -> None:
    found = FINDER.find(
        Ticket(
            body="黑屏",
            fields={"platform": "Android", "sdk_version": "4.2.1", "contact": "13812345678"},
            attachments=("shot.png", "agorasdk.log"),
        )
    )
    assert {element for element in ELEMENTS if found.status(element) == "present"} >= {"environment", "contact", "logs"}
    assert [evidence.field for evidence in found.stated["logs"]] == ["attachments[1]"]
    assert {"fields.platform", "fields.sdk_version"} <= {evidence.field for evidence in found.stated["environment"]}


@pytest.mark.parametrize("name", ["patient_rtc_0618.zip", "agorasdk_vivoY3.zip", "logs.tar.gz", "core.28235.gz"])
def test_archives_are_logs(name: str) -> None:
    assert FINDER.find(Ticket(body="黑屏", attachments=(name,))).status("logs") == "present"


@pytest.mark.parametrize(
    "name", ["截图.zip", "觀眾截圖.zip", "demo.rar", "证书.7z", "营业执照.zip", "shot.png", "source.zip"]
)
def test_packed_pictures_and_papers_are_no_logs(name: str) -> None:
    assert FINDER.find(Ticket(body="黑屏", attachments=(name,))).status("logs") == "missing"


@pytest.mark.parametrize(
    "text", ["iOS 4.3.2", "安卓 4.2.6 / iOS 4.2.6", "Electron 4.3.1 / macOS 14.5", "TRTC Android 11.8"]
)
def test_a_version_that_no_system_had_is_the_sdks(text: str) -> None:
    assert find("黑屏", text).status("environment") == "present"


@pytest.mark.parametrize("text", ["iOS 17.5.1", "Android 7.1.2", "Electron 28.1.0", "Android 14"])
def test_a_system_version_alone_is_no_environment(text: str) -> None:
    assert find("黑屏", text).status("environment") == "missing"


def test_a_filled_in_contact_needs_no_number() -> None:
    assert find(body="黑屏", contact="企微 讲台技术-阿原").status("contact") == "present"
    assert find(body="黑屏", contact="无").status("contact") == "denied"


def test_sub_slots_are_named() -> None:
    body = "SDK 4.6.1，Android 14，小米 13，Chrome 120，公司 WiFi。App 版本 8.2.0"
    slots = {evidence.slot for evidence in find(body=body).stated["environment"]}
    assert slots >= {"sdk_version", "os", "device", "browser", "network", "app_version"}


def test_times_in_logs_are_no_timing() -> None:
    log = "2024-05-01 12:00:00.123 E rtc: join failed, code -3\n2024-05-01 12:00:01.456 I rtc: retry"
    found = find("进房失败", log)
    assert found.status("logs") == "present"
    assert found.status("timing") == "missing"


def test_both_scripts_and_invisible_characters_are_read() -> None:
    body = "視訊通話\u200b中遠端畫\u200b面變黑"
    evidence = find(body=body).stated["symptom"][0]
    assert body[evidence.start : evidence.end] == evidence.text
    assert "黑" in evidence.text
