"""Finds the evidence of all ten elements in a ticket: each stated or denied, with field, start, end and value."""

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from triage.assessment import ELEMENTS, Evidence
from triage.evidence.detector import Detector, features_of, slots_of
from triage.evidence.document import Document, Section, documents_of
from triage.evidence.impact import read_count, read_ratio, scope_of
from triage.evidence.kind import KindGuess, kind_by_rules
from triage.language.pack import Pack, matcher_of
from triage.language.regexp import lazy, regexp
from triage.ticket import Ticket

Key = tuple[str, ...]


class Stretch(NamedTuple):
    """A hit in the document: where, under which key of the pack."""

    key: Key
    start: int
    end: int


class Found(NamedTuple):
    """What was found in one ticket. ``stated`` and ``denied`` hold every element, in the order of their positions.

    ``partial`` holds what is there of an element that is not complete: a platform without a version.
    """

    document: Document
    stated: Mapping[str, tuple[Evidence, ...]]
    denied: Mapping[str, tuple[Evidence, ...]]
    partial: Mapping[str, tuple[Evidence, ...]]
    cues: Mapping[str, tuple[Evidence, ...]]
    kind: KindGuess

    def status(self, element: str) -> str:
        """``present``, ``denied`` or ``missing``."""
        return "present" if self.stated[element] else "denied" if self.denied[element] else "missing"


class Finder:
    """Finds evidence with one pack; build it once, it holds the compiled patterns."""

    def __init__(self, pack: Pack, *, detector: Detector | None = None, engine: str = "auto") -> None:
        """Without a detector the rules alone decide; ``engine`` as in Matcher."""
        self._pack = pack
        self._detector = detector
        self._prose = pack.within("prose")
        self._any = pack.within("any")
        self._prose_matcher = matcher_of(self._prose, engine=engine)
        self._any_matcher = matcher_of(self._any, engine=engine)

    def find(self, ticket: Ticket) -> Found:
        """All evidence of a ticket; an empty element has no evidence, never a missing key."""
        return self.find_many([ticket])[0]

    def find_many(self, tickets: Sequence[Ticket]) -> list[Found]:
        """``find`` of each ticket, in order; many at once take less time than one by one."""
        documents = documents_of(tickets, self._pack)
        prose = self._prose_matcher.hits_many([document.prose for document in documents])
        anywhere = self._any_matcher.hits_many([document.text for document in documents])
        found = []
        for ticket, document, said, seen in zip(tickets, documents, prose, anywhere, strict=True):
            stretches = [Stretch(self._prose[number].key, *_group_span(match)) for number, match in said]
            stretches += [Stretch(self._any[number].key, *_group_span(match)) for number, match in seen]
            one = _judge(document, stretches, ticket)
            found.append(_reconsider(one, self._detector) if self._detector else one)
        return found


def _group_span(match: re.Match[str]) -> tuple[int, int]:
    for number in range(1, (match.lastindex or 0) + 1):
        if match.start(number) >= 0:
            return match.span(number)
    return match.span()


def _judge(document: Document, stretches: Sequence[Stretch], ticket: Ticket) -> Found:
    clauses = _Clauses(document.prose)
    by_group: dict[str, list[Stretch]] = {}
    for stretch in stretches:
        by_group.setdefault(stretch.key[0], []).append(stretch)
    denials, offers = by_group.get("denial", []), by_group.get("offer", [])
    stated: dict[str, list[Evidence]] = {element: [] for element in ELEMENTS}
    wished = [
        (section.content_start, section.content_end) for section in document.sections if section.element == "expected"
    ]
    candidates = [
        stretch
        for stretch in by_group.get("evidence", [])
        if not _denied(stretch, denials, offers) and not _wished(stretch, wished)
    ]
    for element, judge in _JUDGES.items():
        own = [stretch for stretch in candidates if stretch.key[1] == element]
        stated[element] += _unique(judge(document, own, clauses))
    _read_sections(document, stated, denials)
    _read_attachments(ticket, stated)
    partial = {"environment": tuple(sorted(stated["environment"], key=_order))}
    stated["environment"] = _environment(stated["environment"])
    denied = _denials(document, denials)
    cues: dict[str, list[Evidence]] = {}
    for stretch in by_group.get("cue", []):
        if evidence := document.evidence(stretch.start, stretch.end, slot=stretch.key[1]):
            cues.setdefault(stretch.key[1], []).append(evidence)
    return Found(
        document,
        {element: tuple(sorted(found, key=_order)) for element, found in stated.items()},
        {element: tuple(denied.get(element, ())) for element in ELEMENTS},
        partial,
        {cue: tuple(found) for cue, found in cues.items()},
        kind_by_rules(stated, cues, title=ticket.title),
    )


# How sure the kind must be before its word is taken on elements.
_SURE_KIND = 0.7


def _reconsider(found: Found, detector: Detector) -> Found:
    """What was found, with the detector's word where it is sure: it adds what no pattern knows and vetoes false alarms."""
    features = features_of(
        found.document, slots_of(found.stated), found.cues, [name for name, denials in found.denied.items() if denials]
    )
    sure = detector.probabilities(features)
    stated = dict(found.stated)
    for element, head in detector.heads.items():
        # A slot of the form that was filled in needs nobody's opinion.
        told = any(evidence.slot == "section" for evidence in stated[element])
        if stated[element] and not told and sure[element] < head.veto:
            stated[element] = ()
        elif not stated[element] and not found.denied[element] and sure[element] >= head.add:
            stated[element] = _told(found.document, detector, element)
    label = max(detector.kinds, key=lambda kind: sure[f"kind.{kind}"])
    if label != "incident" and sure[f"kind.{label}"] >= _SURE_KIND:
        # The hours and numbers of a wish or a plan are not those of a fault: of 1,184 questions and requests in the
        # corpus one has a timing and one an impact.
        stated["timing"] = stated["impact"] = ()
        # A refund asked for is no loss suffered; a launch that hangs on the answer is.
        stated["business_loss"] = tuple(one for one in stated["business_loss"] if one.slot == "launch")
    guess = KindGuess(label, round(sure[f"kind.{label}"], 4))  # type: ignore[arg-type]
    return found._replace(stated=stated, kind=guess)


def _told(document: Document, detector: Detector, element: str) -> tuple[Evidence, ...]:
    span = detector.telling_sentence(document, element)
    evidence = document.evidence(*span, slot="sentence") if span else None
    return (evidence,) if evidence else ()


def _order(evidence: Evidence) -> tuple[bool, str, int]:
    return evidence.field != "title", evidence.field, evidence.start


def _denied(stretch: Stretch, denials: Sequence[Stretch], offers: Sequence[Stretch]) -> bool:
    element = stretch.key[1]
    return any(
        other.key[1] == element and stretch.start < other.end and other.start < stretch.end
        for other in (*denials, *offers)
    )


def _wished(stretch: Stretch, wished: Sequence[tuple[int, int]]) -> bool:
    """Whether it stands under "Expected behaviour": what should be, not what is."""
    return stretch.key[1] in ("symptom", "timing", "impact") and any(
        start <= stretch.start < end for start, end in wished
    )


def _denials(document: Document, denials: Sequence[Stretch]) -> dict[str, list[Evidence]]:
    found: dict[str, list[Evidence]] = {}
    for stretch in denials:
        if evidence := document.evidence(stretch.start, stretch.end, slot="denial"):
            found.setdefault(stretch.key[1], []).append(evidence)
    for section in document.sections:
        if section.answer == "denied" and section.element:
            end = min(section.content_end, section.content_start + 40)
            if evidence := document.evidence(section.content_start, end, slot="denial"):
                found.setdefault(section.element, []).append(evidence)
    return found


class _Clauses:
    """The clauses of a prose text: stretches between punctuation and line ends."""

    # matches the comma in "黑屏,但是有声音" and the stop in "No sound. Video ok"; does not match the stop in "4.6.1"
    _BREAK = lazy(r"[,。!?;\n、]|\.(?=\s|$)")
    # matches a sentence's end
    _STOP = lazy(r"[。!?\n]|\.(?=\s|$)")

    def __init__(self, text: str) -> None:
        self._text = text
        self._breaks: list[int] | None = None
        self._stops: list[int] | None = None

    def clause(self, start: int, end: int) -> tuple[int, int]:
        """The clause around a stretch."""
        if self._breaks is None:
            self._breaks = [match.end() for match in self._BREAK.finditer(self._text)]
        return self._around(self._breaks, start, end)

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        """The sentence around a stretch."""
        if self._stops is None:
            self._stops = [match.end() for match in self._STOP.finditer(self._text)]
        return self._around(self._stops, start, end)

    def _around(self, marks: list[int], start: int, end: int) -> tuple[int, int]:
        left = bisect_right(marks, start)
        right = bisect_right(marks, max(end - 1, start))
        return (marks[left - 1] if left else 0), (marks[right] if right < len(marks) else len(self._text))


def _plain(document: Document, stretches: Sequence[Stretch], clauses: _Clauses) -> list[Evidence]:
    found = [document.evidence(stretch.start, stretch.end, slot=stretch.key[2]) for stretch in stretches]
    return [evidence for evidence in found if evidence]


def _unique(found: Sequence[Evidence]) -> list[Evidence]:
    """Without stretches that lie inside another of the same slot; the longer says more."""
    kept: list[Evidence] = []
    for evidence in sorted(found, key=lambda item: (item.field, item.start, -item.end)):
        inside = any(
            other.field == evidence.field
            and other.slot == evidence.slot
            and other.start <= evidence.start
            and evidence.end <= other.end
            for other in kept[-6:]
        )
        if not inside:
            kept.append(evidence)
    return kept


# ---- impact -----------------------------------------------------------------------------------------------------------
# What a percentage counts when it counts no people.
# matches "CPU 占 30%", "丢包率 20%", "3 out of 10 times"; does not match "30% 的用户"
_NOT_PEOPLE = lazy(
    r"cpu|gpu|内存|显存|memory|\bram\b|磁盘|disk|丢包|packet loss|\bloss|loss\b|lossrate|音量|volume|电量|battery|进度|progress|亮度"
    r"|概率|几率|复现|重现|必现|probab|chance|reproduc|压缩|码率|比特率|bitrate|帧率|fps|带宽|bandwidth|抖动|jitter|占用|使用率|利用率|负载|load|usage"
    r"|置信|准确率|识别率|accuracy|confidence|分辨率|缩放|scale|zoom|透明|opacity|质量|quality|折扣|优惠|discount|涨价|费率|税|利率|比例缩|采样|温度|信号|signal|"
    r"吻合|相似|美颜|磨皮|增益|gain|抽帧|采集率|完成|转码|下载到|上传到|加载到|卡在|rtt|延迟|码流|音质|画质|覆盖率|coverage|命中|of the time|times\b|attempts|tries|次(?:里|中|有|会|大概)?[^\n]{0,4}$|浮点|线程|队列"
)
# Rates of failure, which count attempts of users.
# matches "登录失败率", "crash rate"; does not match "帧率"
_FAULT_RATE = lazy(
    r"(?:失败|成功|崩溃|掉线|接通|卡顿|断线|黑屏|闪退|达到|到达|送达|超时|挂机|流失|拒绝|无声|错误|报错|投诉|异常|首帧|白屏|秒开|丢消息|掉单|可用)率|(?:crash|failure|fail|error|success|drop|black|join|complaint|miss|connect|pickup|delivery|disconnect)\w{0,4} rate|占总|占比|占日活|占全"
)


# Who or what can be hit.
# matches "用户", "outbound calls"; does not match "功能"
_PEOPLE = lazy(
    r"用户|客户|顾客|学员|学生|老师|家长|主播|观众|听众|玩家|会员|商户|商家|门店|坐席|座席|客服|员工|同事|患者|医生|司机|骑手|嘉宾|参会|成员|人|设备|机器|手机|终端|电脑|平板|机型|账号|账户|帐号"
    r"|房间|直播间|通话|会议|频道|课|班|群|消息|电话|呼叫|会话|订单|请求|场|车|摄像头|门铃|手表|音箱|节点|店|网点|租户|公司|企业|学校|医院|家|台|通|影响|波及|涉及|受损|登录|进房|订阅|流|录制|推送|日活"
    r"|users?|customers?|clients?|callers?|people|persons?|students?|teachers?|hosts?|viewers?|audience|participants?|members?|agents?|devices?|phones?|accounts?|rooms?|channels?|calls?|sessions?|meetings?|classes"
    r"|groups?|messages?|streams?|players?|patients?|stores?|tenants?|subscribers?|attendees?|guests?|consultations?|recordings?|affected|impacted|hit\b|traffic|logins?|joins?|connections?|requests?|employees?|staff|failures?"
)
# Somebody is hit, not just there.
# matches "进不来", "complained"; does not match "在线"
_HIT = lazy(
    r"卡|黑屏|花屏|绿屏|白屏|声|听不|看不|掉|断|失败|报|闪退|崩|收不|发不|登不|登录不|进不|连不|打不|接不|回声|回音|杂音|延迟|丢|重复|不显示|没反应|异常|糊|超时|用不了|出不来|画面|没了|不见|中断|停|挂|不行|被踢|无法|不能|没法|消失|不通|错"
    r"|中招|影响|出现|遇到|碰到|反馈|投诉|反映|复现|退|受|说|没收到|收到|没有|来不|上不|用户数|问题|联系|找|骂|卸载|流失|这样|都是|都有|也|同样|等着|催|在问|误|串|泄|看到|扣|漏|误封|被|打来|工单|乱|慢"
    r"|report|complain|affect|impact|hit\b|fail|crash|cannot|can.?t|couldn|unable|lost|lose|drop|disconnect|freez|black|silent|no (?:sound|audio|video)|stuck|kick|miss|error|wrong|not |n.t\b|see|saw|experienc|hav(?:e|ing)|had|get|got|same|broken|down|late|delay|echo|leak|expos|leav|refund|say|said|confirm|wait|call(?:ed|ing) us|one-way|duplicate|twice|logged out|blur|choppy"
)
# A size of a room, a limit or a plan, not a toll.
# matches "房间 50 人", "支持 100 人", "up to 100 participants"; does not match "约 200 人进不来"
_SIZE_BEFORE = lazy(
    r"(?:房间|群里?|群聊|会议|频道|班|课堂|上限|最多|支持|并发|同时在线|在线|容纳|总共?|一共|规模|加到|每个|单个|单房|满|达到|超过|注册|日活|月活|dau|mau|有|共|约|定员|人数|限制|限|一个|这个)\s{0,3}(?:有|里|内|里面|是|为|约|大概|的)?\s{0,2}$"
)
_SIZE_AFTER = lazy(
    r"^\s{0,2}(?:的)?(?:房间|群|会议|会|课|班|大?直播间|频道|规模|同时在线|在线|并发|以上的群|的?小班|大班|语聊|连麦|通话|互动|场景|套餐|项目|团队|级别|上限|视频|语音|左右的(?:群|房|会|课)|多人|对)"
)
_SIZE_EN = lazy(
    r"(?:room|group|channel|meeting|call|class|session|conference)s? (?:with|of|for|has|have|having)[^\n.,]{0,12}$|(?:up to|max(?:imum)?|limit(?: is| of)?|capacity(?: of)?|support(?:s|ing)?|concurrent|total(?: of)?|has|we have|with|scale to|than|between|for)\s{0,2}(?:about |around |only )?$"
)
# matches "第 3 个", "3 个问题"
_ORDINAL = lazy(r"第\s{0,2}$|[.\d:/-]$")


def _impact(document: Document, stretches: Sequence[Stretch], clauses: _Clauses) -> list[Evidence]:
    found = []
    for stretch in stretches:
        value = _IMPACTS[stretch.key[2]](document, stretch, clauses)
        if value is None:
            continue
        if evidence := document.evidence(stretch.start, stretch.end, value=value, slot=stretch.key[2]):
            found.append(evidence)
    return found


def _value(*, ratio: float | None = None, count: int | None = None, scope: str | None = None) -> dict[str, object]:
    return {"ratio": ratio, "count": count, "scope": scope}


def _ratio_value(document: Document, stretch: Stretch, clauses: _Clauses) -> dict[str, object] | None:
    prose, (start, end) = document.prose, clauses.clause(stretch.start, stretch.end)
    text, before, after = prose[stretch.start : stretch.end], prose[start : stretch.start], prose[stretch.end : end]
    if _FAULT_RATE.search(prose[max(start, stretch.start - 20) : min(end, stretch.end + 8)]):
        return _value(ratio=read_ratio(text))
    if _NOT_PEOPLE.search(before[-16:]) or _NOT_PEOPLE.search(after[:9]) or _NOT_PEOPLE.search(text):
        return None
    if re.search(r"[里中]", text) and _HIT.search(after[:8]):
        return _value(ratio=read_ratio(text))
    if not (_PEOPLE.search(text) or _PEOPLE.search(before[-24:]) or _PEOPLE.search(after[:24])):
        return None
    if _ORDINAL.search(before[-2:]):
        return None
    return _value(ratio=read_ratio(text))


def _count_value(document: Document, stretch: Stretch, clauses: _Clauses) -> dict[str, object] | None:
    prose, (start, end) = document.prose, clauses.sentence(stretch.start, stretch.end)
    text = prose[stretch.start : stretch.end]
    before, after = (
        prose[max(start, stretch.start - 30) : stretch.start],
        prose[stretch.end : min(end, stretch.end + 40)],
    )
    if re.search(r"投诉|客诉|报障|工单|complaint", text):
        return _value(count=read_count(text))
    if not _PEOPLE.search(text) or _ORDINAL.search(before[-3:]) or before.endswith(("第", "每", "哪", "这", "那", "$")):
        return None
    lead = text.lstrip()
    if _SIZE_AFTER.search(after) or (_SIZE_BEFORE.search(before) and not _HIT.search(after[:14])):
        return None
    if _SIZE_EN.search(before) or re.match(r"up to", lead):
        return None
    if re.match(r"[两二2]\s?(?:个|位)?(?:人|用户|端|台|部|方|边)", lead) and not re.search(
        r"反馈|反映|投诉|报|受影响|report|complain", after
    ):
        return None
    if not (_HIT.search(text) or _HIT.search(after[:24]) or _HIT.search(before[-14:])):
        return None
    return _value(count=read_count(text))


def _scope_value(document: Document, stretch: Stretch, clauses: _Clauses) -> dict[str, object] | None:
    prose, (start, end) = document.prose, clauses.clause(stretch.start, stretch.end)
    text, before = prose[stretch.start : stretch.end], prose[start : stretch.start]
    if re.search(
        r"(?:不是|并非|非|支持|能否|是否|请问|如何|怎么|想|希望|需要|给|让|向|对|把|踢|通知|管理|导出|获取|查询|允许|禁止|not|support|for|notify|export|can we|how)\s{0,2}$",
        before[-6:],
    ):
        return None
    if re.search(r"[?吗]", prose[stretch.end : end + 1]):
        return None
    return _value(scope=scope_of(text))


_IMPACTS: dict[str, Callable[[Document, Stretch, _Clauses], dict[str, object] | None]] = {
    "ratio": _ratio_value,
    "count": _count_value,
    "scope": _scope_value,
}

# ---- logs, session, environment, contact ------------------------------------------------------------------------------


# matches "STATE_MISMATCH", "bufferStalledError"; does not match "no_delay", "FAIL"
_CONSTANT = lazy(r"[A-Z]{2,}(?:_[A-Z]+)+|[A-Za-z]*[a-z][A-Z][a-z][A-Za-z]*")


def _logs(document: Document, stretches: Sequence[Stretch], clauses: _Clauses) -> list[Evidence]:
    found = _plain(document, [stretch for stretch in stretches if stretch.key[2] != "constant"], clauses)
    for stretch in stretches:
        if stretch.key[2] == "constant":
            evidence = document.evidence(stretch.start, stretch.end, slot="constant")
            # In a raw text a constant is upper case (STATE_MISMATCH), a class camel case; a parameter is neither.
            if evidence and _CONSTANT.fullmatch(evidence.text):
                found.append(evidence)
    return found


# matches "xxxx", "123456", "your_room"; does not match "0319100029"
_NO_ID = lazy(
    r"x{2,}\d{0,2}|123456|(?:your|my|test)?[_-]?(?:room|channel|group)[_-]?(?:id|name)|id|name|uid|and|the|is|are|as|to|in|of|or|not|null|none|undefined|was|string|int|number|number\d|error|failed|list|号|on|with|from|for|has|a|an|this|that|if|join|via|by|when|after|at|所有|全部|任意|\d{1,2}",
    re.ASCII,
)


def _session(document: Document, stretches: Sequence[Stretch], clauses: _Clauses) -> list[Evidence]:
    found = []
    for stretch in stretches:
        text = document.text[stretch.start : stretch.end]
        last = re.split(r"[\s:=#是为叫\"\x27`【(]", text.strip())[-1]
        if _NO_ID.fullmatch(last) or not last:
            continue
        if evidence := document.evidence(stretch.start, stretch.end, value=last, slot=stretch.key[2]):
            found.append(evidence)
    return found


_VERSIONS = frozenset({"sdk_version", "app_version", "package", "version"})
_PLATFORMS = frozenset({"os", "device", "browser", "framework"})


def _environment_slots(document: Document, stretches: Sequence[Stretch], clauses: _Clauses) -> list[Evidence]:
    taken = [(stretch.start, stretch.end) for stretch in stretches if stretch.key[2] in _PLATFORMS | {"package"}]
    kept = []
    for stretch in stretches:
        # "iOS 17.4.1" is the version of an OS; the same digits are no version of the SDK.
        inside = stretch.key[2] in ("version", "sdk_version") and any(
            start < stretch.end and stretch.start < end for start, end in taken
        )
        if not inside:
            kept.append(stretch)
    found = _plain(document, kept, clauses)
    return [Evidence(item.field, item.start, item.end, item.text, item.text.strip(), item.slot) for item in found]


def _environment(found: Sequence[Evidence]) -> list[Evidence]:
    """The evidence, if it names the version of an SDK or app and a platform; else nothing that counts as present."""
    slots = {evidence.slot for evidence in found}
    return list(found) if slots & _VERSIONS and slots & _PLATFORMS else []


def _contact(document: Document, stretches: Sequence[Stretch], clauses: _Clauses) -> list[Evidence]:
    found = _plain(document, stretches, clauses)
    return [evidence for evidence in found if not re.search(r"no-?reply|\.(?:png|jpg|git)$|@\d+\.\d", evidence.text)]


# A fault that is asked about and not reported.
# matches "如何|断线重连", "how to |reconnect"; does not match "怎么老是|断线"
_ASKED_BEFORE = lazy(
    r"(?:如何|怎样|怎么(?:样)?(?:处理|做|实现|配置|监听|接入?|设置|开启|避免|知道|判断|检测|收到|防止)|是否会?|会不会|how (?:do|can|should|to|does)(?: i| we| you| one)?|what happens (?:if|when)|can i|is there)[^,。;\n]{0,8}$"
)
# matches "崩溃|上报怎么接", "echo| cancellation settings"
_ASKED_AFTER = lazy(
    r"^[^,。;\n]{0,6}(?:怎么|如何)(?:接|处理|做|配置|实现|监听|设置|开启|判断|集成)|^\s?(?:course|cancellation|suppression|callback|handler|policy|reporting|上报|监控|回调怎么|重连机制|率怎么)"
)


def _symptom(document: Document, stretches: Sequence[Stretch], clauses: _Clauses) -> list[Evidence]:
    kept = []
    for stretch in stretches:
        start, end = clauses.clause(stretch.start, stretch.end)
        if _ASKED_BEFORE.search(document.prose[start : stretch.start]) or _ASKED_AFTER.search(
            document.prose[stretch.end : end]
        ):
            continue
        kept.append(stretch)
    return _plain(document, kept, clauses)


def _reproduction(document: Document, stretches: Sequence[Stretch], clauses: _Clauses) -> list[Evidence]:
    # A numbered list of questions is no list of steps.
    kept = [stretch for stretch in stretches if not re.search(r"[?吗]", document.prose[stretch.start : stretch.end])]
    return _plain(document, kept, clauses)


# A date to come, or a frequency denied.
# matches "明天 10 点提包", "不是每次都"; does not match "明天起" of a calendar
_NOT_YET = lazy(
    r"明天|后天|明早|下周|下个?月|即将|计划|打算|准备(?:在|于)|必须(?:在|于)?|之前要|截止|报名|演示|提包|要上线|tomorrow|next (?:week|month|monday|friday)|planned|deadline|\bdue\b|will be|is scheduled"
)
_DENIED_FREQUENCY = lazy(r"(?:不是|并非|不|没有|非|希望|能否|预期|应该|should|not)\s{0,2}$")


def _timing(document: Document, stretches: Sequence[Stretch], clauses: _Clauses) -> list[Evidence]:
    kept = []
    for stretch in stretches:
        start, end = clauses.clause(stretch.start, stretch.end)
        clause = document.prose[start:end]
        if stretch.key[2] == "start" and _NOT_YET.search(clause):
            continue
        if stretch.key[2] == "frequency" and _DENIED_FREQUENCY.search(document.prose[start : stretch.start]):
            continue
        kept.append(stretch)
    return _plain(document, kept, clauses)


_JUDGES: dict[str, Callable[[Document, Sequence[Stretch], _Clauses], list[Evidence]]] = {
    "symptom": _symptom,
    "reproduction": _reproduction,
    "environment": _environment_slots,
    "logs": _logs,
    "session": _session,
    "impact": _impact,
    "business_loss": _plain,
    "timing": _timing,
    "expected": _plain,
    "contact": _contact,
}

# ---- sections and attachments -----------------------------------------------------------------------------------------
# What a slot of a form must hold beyond being filled in.
_SECTION_NEEDS = {
    # an action: more than a word. matches "1. 进房", does not match "必现"
    "reproduction": lazy(
        r"(?!\s{0,4}(?:必现|偶现|偶发|大概率|小概率|随机|正常使用|always|sometimes|random)[^\n]{0,6}$)[\s\S]{6,}"
    ),
    "symptom": lazy(r"(?!\s{0,4}(?:有问题|用不了|不好使|见标题|如题|同标题|见上|如图|see title)[^\n]{0,4}$)[\s\S]{4,}"),
    "session": lazy(r"(?=[^\n]{0,60}\d)[a-z0-9@#][\w@#.:-]{2,}"),
    "timing": lazy(r"[^\n]{0,40}(?:\d|必现|每次|必然|昨|今|前天|上周|always|every|大概率|小概率|仅一次)"),
    "expected": lazy(r"[\s\S]{2,}"),
    "contact": lazy(r"[^\n]{0,60}(?:\d{4,}|@|[a-z]{2,}[\w-]{3,}|工作日|随时|\d{1,2}\s?(?:-|:|点)\s?\d{0,2})"),
    "impact": lazy(r"[^\n]{0,40}(?:\d|全部|所有|一半|成|只有|仅|all|only|every)"),
}


MOST_SECTIONS = 60


def _read_sections(document: Document, stated: dict[str, list[Evidence]], denials: Sequence[Stretch]) -> None:
    # A form has a dozen slots; a log of "key: value" lines may look like thousands.
    for section in document.sections[:MOST_SECTIONS]:
        # "Steps: cannot reproduce" is filled in, and says nothing.
        if any(
            denial.key[1] == section.element and section.content_start <= denial.start < section.content_start + 40
            for denial in denials
        ):
            continue
        needs = _SECTION_NEEDS.get(section.element)
        if section.answer != "given" or needs is None:
            continue
        if needs.match(document.text[section.content_start : section.content_end].strip()):
            _add_section(document, section, stated)


def _add_section(document: Document, section: Section, stated: dict[str, list[Evidence]]) -> None:
    end = min(section.content_end, section.content_start + 400)
    evidence = document.evidence(section.content_start, end, slot="section")
    if evidence and not any(
        other.start < evidence.end and evidence.start < other.end and other.field == evidence.field
        for other in stated[section.element]
    ):
        stated[section.element].append(evidence)


@lru_cache(maxsize=1)
def _log_name() -> re.Pattern[str]:
    # matches "agorasdk.log", "core.28235.gz", "日志.zip"; does not match "包名.txt", "logo.png"
    return regexp(
        r"\.(?:log|xlog|clog|crash|dmp|hprof|pcapng|pcap|har|etl|ips|trace|tombstone)(?:[.\d]{0,6}(?:gz|zip|tar|txt)?)?$"
        r"|^core[._]|(?:log|日志|dump|stack|trace|crash|console|抓包|堆栈|internals|logcat|anr)[^.]{0,40}\.(?:txt|zip|rar|7z|gz|tgz|json|docx?|tar|csv|md|html)",
        re.IGNORECASE,
    )


def _read_attachments(ticket: Ticket, stated: dict[str, list[Evidence]]) -> None:
    for number, name in enumerate(ticket.attachments):
        if _log_name().search(name):
            stated["logs"].append(Evidence(f"attachments[{number}]", 0, len(name), name, name, "log_file"))
