"""Logs: error codes, names of errors and stack traces in the text, and attached files that hold logs."""

import re
from collections.abc import Sequence

from triage.assessment import Evidence
from triage.evidence.document import Document
from triage.evidence.stretch import Clauses, Stretch, evidence_of
from triage.language.regexp import lazy
from triage.language.text import normalise
from triage.ticket import Ticket

# matches "STATE_MISMATCH", "bufferStalledError"; does not match "no_delay", "FAIL"
_CONSTANT = lazy(r"[A-Z]{2,}(?:_[A-Z]+)+|[A-Za-z]*[a-z][A-Z][a-z][A-Za-z]*")
# The name of a callback, a method or a parameter: code, not what it said.
# matches "onAutoplayFailed", "setTimeout", "presenceTimeout"; does not match "bufferStalledError", "TaskNotFound"
_CODE_NAME = lazy(r"(?:on|set|get|enable|is|has|handle|clear)[A-Z]\w*|[a-z]\w*(?:Timeout|Failed|Invalid|Denied)")
# Success, and a number that is shown on purpose. matches "返回 200", "显示 -1"; does not match "返回 403"
_NO_ERROR = lazy(
    r"(?:返回|返|回|收到|拿到|响应|returns?|returned|got|gets?|receiv\w{1,3})[^\d-]{0,12}20[0-6][^\d]{0,3}|显示\s?-\d{1,2}\W?|status\s?(?:是|为|is)\s?\d{1,2}",
    re.IGNORECASE,
)
# An error that may come, not one that came. matches "接口可能|返回 503"; does not match "接口|返回 503"
_MAY_COME = lazy(r"(?:可能会?|会|如果|假如|万一|是否|会不会|if it|may|might|could|when it)\s{0,2}$")
# matches "返回 503|怎么处理", "返回 429| 时自动切"; does not match "返回 503| 时候很多"
_IF_IT_COMES = lazy(r"^\s{0,2}(?:怎么|时(?!候)|的话|吗|么|该|自动|应该|如何|能否)")


def judge_logs(document: Document, stretches: Sequence[Stretch], clauses: Clauses) -> list[Evidence]:
    """The logs that stretches quote, without success, errors that may come, and names out of the code."""
    found = []
    for stretch in stretches:
        text = document.text[stretch.start : stretch.end].strip()
        if stretch.key[2] == "constant" or (stretch.key[2] == "error_code" and _NO_ERROR.fullmatch(text)):
            continue
        before, after = document.text[max(stretch.start - 12, 0) : stretch.start], document.text[stretch.end :][:8]
        if len(text) < 16 and (_MAY_COME.search(before) or _IF_IT_COMES.search(after)):
            continue
        found += evidence_of(document, [stretch])
    for stretch in stretches:
        if stretch.key[2] == "constant":
            evidence = document.evidence(stretch.start, stretch.end, slot="constant")
            # In a raw text a constant is upper case (STATE_MISMATCH), a class camel case; a parameter is neither.
            if evidence and _CONSTANT.fullmatch(evidence.text) and not _CODE_NAME.fullmatch(evidence.text):
                found.append(evidence)
    return found


# matches "agorasdk.log", "core.28235.gz", "日志.zip"; does not match "包名.txt", "logo.png"
_LOG_NAME = lazy(
    r"\.(?:log|xlog|clog|crash|dmp|hprof|pcapng|pcap|har|etl|ips|trace|tombstone)(?:[.\d]{0,6}(?:gz|zip|tar|txt)?)?$"
    r"|^core[._]|(?:log|日志|dump|stack|trace|crash|console|抓包|堆栈|internals|logcat|anr)[^.]{0,40}\.(?:txt|zip|rar|7z|gz|tgz|json|docx?|tar|csv|md|html)",
    re.IGNORECASE,
)
# What is packed to be sent to support is logs, unless its name says otherwise.
# matches "patient_rtc_0618.zip"; does not match "patient.png"
_ARCHIVE = lazy(r"\.(?:zip|rar|7z|tgz|tar|tar\.gz|gz|xz|bz2)$", re.IGNORECASE)
# matches "截图.zip", "demo.rar"; does not match "agorasdk_vivoY3.zip"
_NO_LOGS = lazy(
    r"图|照片|视频|录屏|录像|录音|音频|证书|合同|源码|工程|营业执照|资质|文档|说明|材料|资料|发票|素材|课件|样本|安装包|授权|协议|名单|screenshot|pic|image|photo|video|movie|audio|wav|cert|contract|demo|source|src|project|sample|doc|invoice|logo|icon|sdk[._-]v?\d|apk|ipa|ppt|design|licen[cs]e|key|csv|report",
    re.IGNORECASE,
)


def attached_logs(ticket: Ticket) -> list[Evidence]:
    """The attachments that hold logs, by their names."""
    return [
        Evidence(f"attachments[{number}]", 0, len(name), name, name, "log_file")
        for number, name in enumerate(ticket.attachments)
        if _LOG_NAME.search(name) or (_ARCHIVE.search(name) and not _NO_LOGS.search(normalise(name).text))
    ]
