"""The words of the reports in Chinese and English. What rules say (messages, questions) comes with the findings."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from triage.report import LintedTicket

Lang = Literal["auto", "zh", "en"]


class Wording(NamedTuple):
    """The words of one language; templates are for ``str.format``."""

    elements: Mapping[str, str]
    clear: Mapping[str, str]
    languages: Mapping[str, str]
    kinds: Mapping[str, str]
    products: Mapping[str, str]
    priorities: Mapping[str, str]
    sources: Mapping[str, str]
    route: str
    first_response: str
    reachable: str
    resolution: str
    escalate: str
    needs_human: str
    chances: str
    reasons: str
    levels: Mapping[str, str]
    fields: Mapping[str, str]
    listed: str
    ready: str
    not_ready: str
    statuses: Mapping[str, str]
    denied: str
    questions: str
    more_rows: str
    summary: str
    thanks: str
    thanks_ready: str
    already_clear: str
    please_add: str
    private: str


_ZH_ELEMENTS = {
    "symptom": "现象",
    "reproduction": "复现步骤",
    "environment": "版本与平台",
    "logs": "日志或报错",
    "session": "房间/通话/消息 ID",
    "impact": "影响范围",
    "business_loss": "业务损失",
    "timing": "发生时间",
    "expected": "期望结果",
    "contact": "联系方式",
}

ZH = Wording(
    elements=_ZH_ELEMENTS,
    clear=_ZH_ELEMENTS,
    languages={"zh": "中文", "en": "英文", "mixed": "中英混合", "other": "其他语言"},
    kinds={"incident": "故障", "question": "咨询", "request": "需求"},
    products={
        "conversational-ai": "对话式 AI",
        "voice-call": "语音通话",
        "video-call": "视频通话",
        "live-streaming": "互动直播",
        "messaging": "实时消息",
        "platform": "平台",
    },
    priorities={"P1": "P1 紧急", "P2": "P2 高", "P3": "P3 普通", "P4": "P4 低"},
    sources={"rule": "规则", "model": "模型", "policy": "策略"},
    route="流转到",
    first_response="首次响应",
    reachable="可联系时间",
    resolution="解决",
    escalate="升级处理",
    needs_human="需人工确认",
    chances="可能性",
    reasons="原因",
    levels={"error": "错误", "warning": "警告", "hint": "提示"},
    fields={"title": "标题", "body": "正文", "attachment": "附件"},
    listed="、",
    ready="信息完整",
    not_ready="待补充",
    statuses={"present": "已有", "missing": "缺少", "denied": "说明没有", "not needed": "不需要"},
    denied="{element}(说明没有)",
    questions="请补充",
    more_rows="(另有 {count} 行)",
    summary="共 {tickets} 张工单: 信息完整 {ready}, 待补充 {not_ready}; "
    "错误 {errors}, 警告 {warnings}, 提示 {hints}; 平均 {score} 分",
    thanks="您好，感谢您的反馈！",
    thanks_ready="您好，感谢您的反馈！信息已经完整，无需再补充。",
    already_clear="已经清楚的内容：{elements}。",
    please_add="为了更快定位问题，请补充：",
    private="请注意：工单里似乎有密码、密钥或个人信息，请删除或打码；已经写出的密钥或密码请尽快更换。",
)

EN = Wording(
    elements={
        "symptom": "symptom",
        "reproduction": "reproduction",
        "environment": "environment",
        "logs": "logs",
        "session": "session",
        "impact": "impact",
        "business_loss": "business loss",
        "timing": "timing",
        "expected": "expected",
        "contact": "contact",
    },
    clear={
        "symptom": "what goes wrong",
        "reproduction": "how to reproduce it",
        "environment": "version and platform",
        "logs": "the logs or error text",
        "session": "the room, call or message id",
        "impact": "how many are hit",
        "business_loss": "what it costs your business",
        "timing": "when it happens",
        "expected": "what should happen instead",
        "contact": "how to reach you",
    },
    languages={"zh": "Chinese", "en": "English", "mixed": "Chinese and English", "other": "other language"},
    kinds={"incident": "incident", "question": "question", "request": "request"},
    products={
        "conversational-ai": "conversational AI",
        "voice-call": "voice call",
        "video-call": "video call",
        "live-streaming": "live streaming",
        "messaging": "messaging",
        "platform": "platform",
    },
    priorities={"P1": "P1 urgent", "P2": "P2 high", "P3": "P3 normal", "P4": "P4 low"},
    sources={"rule": "rule", "model": "model", "policy": "policy"},
    route="Goes to",
    first_response="First response",
    reachable="Reachable",
    resolution="Resolution",
    escalate="escalate",
    needs_human="needs a person",
    chances="Chances",
    reasons="Reasons",
    levels={"error": "error", "warning": "warning", "hint": "hint"},
    fields={"title": "title", "body": "body", "attachment": "attachment"},
    listed=", ",
    ready="ready",
    not_ready="not ready",
    statuses={"present": "present", "missing": "missing", "denied": "denied", "not needed": "not needed"},
    denied="{element} (denied)",
    questions="Please add",
    more_rows="(more lines: {count})",
    summary="Tickets {tickets}: ready {ready}, not ready {not_ready}; "
    "errors {errors}, warnings {warnings}, hints {hints}; mean score {score}",
    thanks="Hello, and thank you for your report!",
    thanks_ready="Hello, and thank you for your report! It is complete, nothing needs to be added.",
    already_clear="Already clear: {elements}.",
    please_add="To find the cause sooner, please add:",
    private="Please note: the ticket seems to hold a password, a key or personal data. "
    "Please remove or mask it, and replace any key or password that was written out.",
)


def wording_of(linted: LintedTicket, lang: Lang) -> Wording:
    """The words of ``lang``; for ``auto`` Chinese when the ticket is Chinese or mixed, else English."""
    if lang != "auto":
        return ZH if lang == "zh" else EN
    return ZH if linted.assessment.language in {"zh", "mixed"} else EN
