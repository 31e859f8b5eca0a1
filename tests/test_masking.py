"""A ticket and its answer without the secrets in them; offsets stay true."""

import json

import pytest

from triage.assessment import assessment_json
from triage.assessor import Assessor
from triage.masking import mask, mask_all, masked
from triage.settings import load_settings
from triage.ticket import Ticket


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("请打 13800138000 联系我", "请打 ••••••••••• 联系我"),
        ("13800138000.log 里有报错", "•••••••••••.log 里有报错"),
        ("房间 123456，10 次里有 3 次黑屏", "房间 123456，10 次里有 3 次黑屏"),
        ("", ""),
    ],
)
def test_text_is_masked_code_point_for_code_point(text: str, clean: str) -> None:
    assert mask(text) == clean


def test_quoted_secrets_are_masked_wherever_they_stand() -> None:
    value = {"hunter22": ["said hunter22", 7, None], "ok": "fine"}
    assert mask_all(value, ["hunter22"]) == {"••••••••": ["said ••••••••", 7, None], "ok": "fine"}


def test_answer_holds_no_secret_of_its_ticket_and_the_ticket_is_unchanged() -> None:
    ticket = Ticket(
        title="登录失败 13800138000",
        body="密码：Abc12345!\n所有用户从 11 月 20 日起都登录不了，请打 13800138000。",
        fields={"contact": "13800138000", "13800138000": "键"},
        attachments=("13800138000.log",),
        extra={"phone": "13800138000"},
    )
    before = assessment_json(Assessor(load_settings()).assess(ticket))
    kept, answer = masked(ticket, before)
    written = json.dumps([repr(kept), answer], ensure_ascii=False)
    assert "13800138000" not in written
    assert "Abc12345" not in written
    assert ticket.title == "登录失败 13800138000"
    assert kept.extra == {}
    for name, element in before["lint"]["elements"].items():
        places = [(one["field"], one["start"], one["end"]) for one in element["evidence"]]
        after = answer["lint"]["elements"][name]["evidence"]
        assert [(mask(field), start, end) for field, start, end in places] == [
            (one["field"], one["start"], one["end"]) for one in after
        ]


def test_a_ticket_without_secrets_keeps_its_answer() -> None:
    ticket = Ticket(body="有时候语音会卡顿")
    before = assessment_json(Assessor(load_settings()).assess(ticket))
    assert masked(ticket, before) == (ticket, before)
