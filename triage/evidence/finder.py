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
from triage.language.text import normalise
from triage.ticket import Ticket

Key = tuple[str, ...]


class Stretch(NamedTuple):
    """A hit in the document: where, under which key of the pack."""

    key: Key
    start: int
    end: int


class Found(NamedTuple):
    """What was found in one ticket. ``stated`` and ``denied`` hold every element, in the order of their positions.

    ``partial`` holds what is there of an element that is not complete: a platform without a version. ``by_rules`` is
    what patterns alone stated, before the detector had its word.
    """

    document: Document
    stated: Mapping[str, tuple[Evidence, ...]]
    denied: Mapping[str, tuple[Evidence, ...]]
    partial: Mapping[str, tuple[Evidence, ...]]
    cues: Mapping[str, tuple[Evidence, ...]]
    kind: KindGuess
    by_rules: Mapping[str, tuple[Evidence, ...]]

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
    by_rules = {element: tuple(sorted(found, key=_order)) for element, found in stated.items()}
    return Found(
        document,
        by_rules,
        {element: tuple(denied.get(element, ())) for element in ELEMENTS},
        partial,
        {cue: tuple(found) for cue, found in cues.items()},
        kind_by_rules(stated, cues, title=ticket.title),
        by_rules,
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
        told = any(evidence.slot == "section" or _measured(evidence) for evidence in stated[element])
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


# matches "其他坐席正常", "others can"; does not match "只有我"
_CONTRAST = lazy(
    r"^(?:the )?(?:别|其他|其它|其余|另外|other|the rest|everyone else)[\s\S]{0,24}(?:正常|没问题|没事|fine|ok|can\b|work)",
    re.IGNORECASE,
)


def _measured(evidence: Evidence) -> bool:
    """Whether it measures impact beyond doubt: so many of so many, or one against all others who are fine."""
    if evidence.slot == "scope" and _ONLY_SO_MANY.match(evidence.text):
        return True
    if evidence.slot == "ratio" and isinstance(evidence.value, dict) and evidence.value["ratio"] is not None:
        return bool(_OF_SO_MANY.search(evidence.text))
    return evidence.slot == "scope" and bool(_CONTRAST.search(evidence.text))


# matches "就两个账号", "仅 3 台工程车"; does not match "就一台手机"
_ONLY_SO_MANY = lazy(
    r"\s?(?:就|只有?|仅有?)\s?(?:\d{1,3}|[两二三四五六七八九十]{1,3})\s?(?:个|位|名|台|间|家|支|部|辆)"
)
# matches "50 台里有 17 台", "3 of 10 phones"; does not match "30%", "一半的用户"
_OF_SO_MANY = lazy(
    r"[\d一二两三四五六七八九十百千][^\n\d]{0,20}(?:里|裡|中|共|of|in|from|有|了|/)[^\n\d]{0,8}[\d一二两三四五六七八九十百千]",
    re.IGNORECASE,
)


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
    r"(?:失败|成功|崩溃|掉线|接通|卡顿|断线|黑屏|闪退|达到|到达|送达|超时|挂机|流失|拒绝|无声|错误|报错|投诉|异常|首帧|白屏|秒开|丢消息|掉单|可用)率|(?:crash|failure|fail|error|success|drop|black|join|complaint|miss|connect|pickup|delivery|disconnect)\w{0,4} rate|占总|占比|占日活|占全|占我们|大盘"
)


# Who or what can be hit.
# matches "用户", "outbound calls"; does not match "功能"
_PEOPLE = lazy(
    r"用户|客户|顾客|学员|学生|老师|家长|主播|观众|听众|玩家|会员|商户|商家|门店|坐席|座席|客服|员工|同事|患者|医生|司机|骑手|嘉宾|参会|成员|人|设备|机器|手机|终端|电脑|平板|机型|账号|账户|帐号"
    r"|房间|直播间|通话|会议|频道|课|班|群|消息|电话|呼叫|会话|订单|请求|场|堂|车|摄像头|门铃|手表|音箱|节点|店|网点|租户|公司|企业|学校|医院|家|台|通|教室|间|屏|窗口|校区|据点|诊所|柜|考生|候选人|导购|业务员|雇主|投资者|住民|位|名|户|例|笔|件|桩|床|\d ?单|来电|被叫|主叫|进线|影响|波及|涉及|受损|登录|进房|订阅|流|录制|推送|日活"
    r"|users?|customers?|clients?|callers?|people|persons?|students?|teachers?|hosts?|viewers?|audience|participants?|members?|agents?|devices?|phones?|accounts?|rooms?|channels?|calls?|sessions?|meetings?|classes"
    r"|groups?|messages?|streams?|players?|patients?|stores?|tenants?|subscribers?|attendees?|guests?|consultations?|recordings?|affected|impacted|hit\b|traffic|logins?|joins?|connections?|requests?|employees?|staff|failures?|interviews?|kiosks?|laptops?|panels?|clinics?|vehicles?|interpreters?|tutors?|hearings?|lessons?|files?|engineers?|booths?|candidates?|estates?|church|broadcasts?|branches|machines?|screens?|of (?:them|us)\b"
)
# Somebody is hit, not just there.
# matches "进不来", "complained"; does not match "在线"
_HIT = lazy(
    r"卡|黑屏|花屏|绿屏|白屏|声|听不|看不|掉|断|失败|报|闪退|崩|收不|发不|登不|登录不|进不|连不|打不|接不|回声|回音|杂音|延迟|丢|重复|不显示|没反应|异常|糊|超时|用不了|出不来|画面|没了|不见|中断|停|挂|不行|被踢|无法|不能|没法|消失|不通|错"
    r"|中招|影响|出现|遇到|碰到|反馈|投诉|反映|复现|退|受|说|没收到|收到|没有|来不|上不|用户数|问题|联系|找|骂|卸载|流失|这样|都是|都有|也|同样|等着|催|在问|误|串|泄|看到|扣|漏|误封|被|打来|工单|乱|慢|一样|少了?发|少了|多扣|多收|出过|登记|发现|报修|boot|loop"
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


# matches "挂了 5 个|小时"; does not match "5 个|用户"
_DURATION_AFTER = lazy(r"\s?(?:多)?(?:小时|月|星期|钟头|礼拜)")
# Two are what a call needs, not a toll. matches "两个人", "two hosts"; does not match "two customers"
_PAIR = lazy(
    r"[两二2]\s?(?:个|位)?(?:人|用户|端|台|部|方|边|账号|手机|频道|房间)|(?:about )?(?:two|2) (?:users?|hosts?|phones?|people|devices?|clients?|tabs?|channels?|rooms?|peers?|participants?)\b"
)
# matches "好几个房间", "几位老师"; does not match "十几个客户", "几百个用户"
_NO_COUNT = lazy(r"(?:^|[^十百])几\s?(?:个|位|名|台|家|人|场|通|路|间)|^一多|^\S{1,3}位$")
# An article, not a count. matches "一个频道", "一台手机"; does not match "一百个用户"
_ARTICLE = lazy(
    r"(?:有|共|约|其中|里面|里头)?\s?[一1]\s?(?:个|台|位|名|部|条|通|场|节|间|路|家|次|张|份|笔|单|组|套|只|支|户)"
)
# More than one of a thing has an s; a number before a single thing is a code.
# matches "204 user", "10016 group"; does not match "204 users"
_CODE_AND_NOUN = lazy(
    r"\d{2,6} (?:[a-z-]{2,14} ){0,2}(?:user|group|channel|room|connection|call|message|session|device|client|account|stream|request|member|participant|meeting|join|login)$"
)
# A code's number. matches "报 |429 streams", "errno=|104 Connection"; does not match "有 |429 users"
_CODE_BEFORE = lazy(
    r"(?:errno|error|code|status|报错?|返回|登录|提示|抛|chrome|safari|firefox|edge|ios|android|http|may|june|july|april|march)\s?[=: \"\x27(]{0,2}$"
)


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
    if _ORDINAL.search(before[-2:]) or _DURATION_AFTER.match(after):
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
    lead = text.lstrip()
    if lead[:1].isdigit() and re.search(r"[a-z_]$", before):
        return None
    if not _PEOPLE.search(text) or _ORDINAL.search(before[-3:]) or before.endswith(("第", "每", "哪", "这", "那", "$")):
        return None
    if _SIZE_AFTER.search(after) or (_SIZE_BEFORE.search(before) and not _HIT.search(after[:14])):
        return None
    if _SIZE_EN.search(before) or re.match(r"up to", lead):
        return None
    if _PAIR.match(lead) and not re.search(r"反馈|反映|投诉|报|受影响|report|complain", after[:12]):
        return None
    if _NO_COUNT.search(lead) or _CODE_BEFORE.search(before) or _CODE_AND_NOUN.match(lead):
        return None
    if _ARTICLE.match(lead) and not (
        re.search(r"反馈|反映|投诉|报|说|都|全", text) or re.search(r"[只就仅]有?$", before)
    ):
        return None
    if re.search(r"[例起]$", lead):
        return _value(count=read_count(text))
    if not (_HIT.search(text) or _HIT.search(after[:24]) or _HIT.search(before[-14:])):
        return None
    return _value(count=read_count(text))


def _scope_value(document: Document, stretch: Stretch, clauses: _Clauses) -> dict[str, object] | None:
    prose, (start, end) = document.prose, clauses.clause(stretch.start, stretch.end)
    text, before = prose[stretch.start : stretch.end], prose[start : stretch.start]
    if re.search(
        r"(?:不是|并非|非|支持|能否|是否|请问|如何|怎么|想|希望|需要|给|让|向|对|把|踢|通知|管理|导出|获取|查询|允许|禁止|not|support|notify|export|mute|can we|how)\s{0,2}$",
        before[-6:],
    ):
        return None
    if re.search(r"[?吗]", prose[stretch.end : end + 1]) or _no_scope(text, before, prose[stretch.end : end]):
        return None
    return _value(scope=scope_of(text))


# Words of scope that name no users: a mention, a greeting, a duration, all of the data.
# matches "各位老师", "整个通话", "only in that callback"; does not match "整个公司", "全量用户"
_NO_SCOPE = lazy(
    r"^(?:各位|整个的?\s?(?:通话|系统|会话|手机|电脑|app|应用|课程|消息|流|过程|流程)|全员(?:禁言|静音|解除|上行|担心)|全量(?!的?(?:用户|客户|学员|设备|门店|商家))|全国了|(?:大家|[一-鿿]{2}们)都在|都这样(?:吗|么))"
    r"|\b(?:this|that|one|the|for every|on every|in every) (?:callback|case|mode|method|event|function|way|file|screen|order|state|step|page|parameter|option|stream|frame|packet|ip|range|line|thing)s?\b"
)
# matches "群组@|所有人", "每次|都这样", "完|全听不到"; does not match "用户|都这样"
_NO_SCOPE_BEFORE = lazy(r"@\s?$")
_EACH_TIME = lazy(
    r"(?:每(?:次|节|场|通|天|回|局|轮|遍|晚|个月)[^,。]{0,4}|\d|一直|[几两三多]次|版本|都试过?|不是(?:每|所有)[^,。]{0,8})\s?$"
)


def _no_scope(text: str, before: str, after: str) -> bool:
    """Whether words of scope speak of something else than who is hit."""
    if _NO_SCOPE.search(text) or _NO_SCOPE_BEFORE.search(before):
        return True
    if text.startswith("都这样") and _EACH_TIME.search(before):
        return True
    if text.startswith("全") and before.endswith(("安", "完", "齐", "健", "周", "保")):
        return True
    if text.startswith(("任何", "任意")) and "都" not in text + after[:8]:
        return True
    # "每个客户一个群" tells how it is built.
    if text.startswith("每") and re.match(r"每个?[^一几两\d都]{1,6}(?:的|一个|几|\d|两)", text + after):
        return True
    # "用户就一台手机" tells what they own.
    return bool(
        re.match(r"(?:就|只有)一(?:台|部)", text) and re.search(r"(?:用户|我们?|他|她|客户|主播|家里)都?$", before)
    )


_IMPACTS: dict[str, Callable[[Document, Stretch, _Clauses], dict[str, object] | None]] = {
    "ratio": _ratio_value,
    "count": _count_value,
    "scope": _scope_value,
}

# ---- logs, session, environment, contact ------------------------------------------------------------------------------


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
# An error that may come, not one that came. matches "接口可能|返回 503|怎么处理", "LLM |返回 429| 时自动切"
_MAY_COME = lazy(r"(?:可能会?|会|如果|假如|万一|是否|会不会|if it|may|might|could|when it)\s{0,2}$")
_IF_IT_COMES = lazy(r"^\s{0,2}(?:怎么|时(?!候)|的话|吗|么|该|自动|应该|如何|能否)")


def _logs(document: Document, stretches: Sequence[Stretch], clauses: _Clauses) -> list[Evidence]:
    found = []
    for stretch in stretches:
        text = document.text[stretch.start : stretch.end].strip()
        if stretch.key[2] == "constant" or (stretch.key[2] == "error_code" and _NO_ERROR.fullmatch(text)):
            continue
        before, after = document.text[max(stretch.start - 12, 0) : stretch.start], document.text[stretch.end :][:8]
        if len(text) < 16 and (_MAY_COME.search(before) or _IF_IT_COMES.search(after)):
            continue
        found += _plain(document, [stretch], clauses)
    for stretch in stretches:
        if stretch.key[2] == "constant":
            evidence = document.evidence(stretch.start, stretch.end, slot="constant")
            # In a raw text a constant is upper case (STATE_MISMATCH), a class camel case; a parameter is neither.
            if evidence and _CONSTANT.fullmatch(evidence.text) and not _CODE_NAME.fullmatch(evidence.text):
                found.append(evidence)
    return found


# matches "xxxx", "123456", "your_room"; does not match "0319100029"
_NO_ID = lazy(
    r"x{2,}\d{0,2}|123456|(?:your|my|test)?[_-]?(?:room|channel|group)[_-]?(?:id|name)|id|name|uid|and|the|is|are|as|to|in|of|or|not|null|none|undefined|was|string|int|number|number\d|error|failed|list|号|on|with|from|for|has|a|an|this|that|if|join|via|by|when|after|at|channel|room|group|stream|session|call|meeting|task|message|所有|全部|任意|\d{1,2}|server|client|[45](?:0\d|1\d|2[29])|0\d{2,3}-\d{3,4}-\d{3,4}"
    r"|(?:re|pre|auto|non|multi|web|low|real|half|full|end|screen|sub|one|two|cross|self)[-_][a-z_-]{2,30}",
    re.ASCII,
)


def _session(document: Document, stretches: Sequence[Stretch], clauses: _Clauses) -> list[Evidence]:
    found = []
    for stretch in stretches:
        text = document.text[stretch.start : stretch.end]
        last = re.split(r"[\s:=#是为叫\"\x27`【(]", text.strip())[-1]
        if _NO_ID.fullmatch(last) or not re.search(r"[a-z\d]", text) or text.startswith("call name"):
            continue
        # An empty slot, and the next line's first word.
        if "\n" in text.strip() and not re.search(r"\d", last):
            continue
        if evidence := document.evidence(stretch.start, stretch.end, value=last, slot=stretch.key[2]):
            found.append(evidence)
    return found


_VERSIONS = frozenset({"sdk_version", "app_version", "package", "version"})
_PLATFORMS = frozenset({"os", "device", "browser", "framework"})
# A number that no such system ever had: three parts below iOS 9, or that Android did not count so; four parts.
# matches "ios 4.3.2", "安卓 4.2.6", "electron 4.3.1"; does not match "ios 17.5.1", "android 7.1.2", "electron 28.0.0"
_NO_SYSTEM = lazy(
    r"(?:ios|ipados|macos)(?:系统|版本?|端)?\s{0,2}[:v]?\s{0,2}([1-8]\.\d{1,2}\.\d{1,4})"
    r"|(?:android|安卓)(?!\s?(?:4\.0\.[34]|4\.1\.[12]|4\.4\.[0-4]|5\.0\.[0-2]|5\.1\.1|6\.0\.1|7\.1\.[12]|8\.[01]\.0)$)(?:系统|版本?|端)?\s{0,2}[:v]?\s{0,2}(\d{1,2}\.\d{1,2}\.\d{1,4})"
    r"|electron[\s/:]{1,2}v?([1-6]\.\d{1,2}\.\d{1,4})"
    r"|(?:ios|ipados|android|安卓|harmonyos|鸿蒙)\s{0,2}[:v]?\s{0,2}(\d{1,4}\.\d{1,4}\.\d{1,6}\.\d{1,6})"
)
# matches "android 11.8"; does not match "android 14"
_LAST_NUMBER = lazy(r"(\d{1,3}(?:\.\d{1,5}){1,3})$")
# matches "TRTC |Android 11.8", "环信|鸿蒙 1.2.0"; does not match "App on |Android 8.1"
_SDK_NAME = lazy(
    r"(?:trtc|tui[a-z]{2,8}|imsdk|imkit|\brtc|\bim|\bsdk|agora|声网|zego|即构|融云|云信|环信|\bnim|nertc|livekit|火山|gme|\btim)[\s_-]{0,2}(?:sdk|native|for)?[\s(-]{0,2}$"
)
# matches "threshold: 0.55"; does not match "livekit: 0.9.1"
_SETTING = lazy(r"[:=]\s{0,2}[\"\x27]?0\.\d{1,5}$")
# matches "go| sdk", "go| 1.22"; does not match "go| live"
_GO = lazy(r"\s?(?:\d|sdk|语言|服务|版|server|client|module|程序)|$")
# matches "微信 |8.0.49"; does not match "微信小程序 SDK |8.0.49"
_OTHER_APP = lazy(
    r"(?:微信|wechat|企微|qq|钉钉|飞书|支付宝|抖音|chrome|safari|微博)\s{0,2}(?:版本)?\s{0,2}[:v]?\s{0,2}$"
)


def _environment_slots(document: Document, stretches: Sequence[Stretch], clauses: _Clauses) -> list[Evidence]:
    taken = [(stretch.start, stretch.end) for stretch in stretches if stretch.key[2] in _PLATFORMS | {"package"}]
    kept = []
    for stretch in stretches:
        text = document.text[stretch.start : stretch.end].strip()
        if stretch.key[2] in _PLATFORMS and (number := _NO_SYSTEM.fullmatch(text)):
            # "iOS 4.3.2" names the SDK for iOS: there is no such iOS.
            version = next(group for group in number.groups() if group)
            at = stretch.start + document.text[stretch.start : stretch.end].rindex(version)
            kept.append(Stretch(("evidence", "environment", "sdk_version"), at, at + len(version)))
        elif (
            stretch.key[2] in _PLATFORMS
            and (number := _LAST_NUMBER.search(text))
            and _SDK_NAME.search(document.text[max(stretch.start - 16, 0) : stretch.start])
        ):
            # "TRTC Android 11.8": the SDK's version, not Android's.
            at = stretch.start + document.text[stretch.start : stretch.end].rindex(number[1])
            kept.append(Stretch(("evidence", "environment", "sdk_version"), at, at + len(number[1])))
        # "threshold: 0.55" is a setting; "go live" names no language.
        if stretch.key[2] == "package" and _SETTING.search(text):
            continue
        if text == "go" and not _GO.match(document.text[stretch.end : stretch.end + 8]):
            continue
        # "微信 8.0.49" is the version of somebody else's app.
        if stretch.key[2] == "version" and _OTHER_APP.search(document.text[max(stretch.start - 10, 0) : stretch.start]):
            continue
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
    r"明天|后天|明早|下周|下个?月|即将|计划|打算|准备(?:在|于)|要交|开始用(?!户)|之前(?:必须|要|得|给|交|完成)|必须(?:在|于)?|之前要|截止|报名|演示|提包|要上线|tomorrow|next (?:week|month|monday|friday)|planned|deadline|\bdue\b|will be|is scheduled"
)
# Something does go wrong in the clause.
# matches "每天 20 单|失败", "calls drop"; does not match "每天 600 单左右"
_FAULT = lazy(
    r"卡|黑屏|花屏|绿屏|白屏|无声|没声|听不|看不|掉线|断|失败|报错|报警|报修|报障|崩|闪退|收不|发不|登不|进不|连不|打不|接不|回声|杂音|丢|重复|异常|超时|不了|没了|不见|中断|挂|被踢|无法|不能|没法|错|漏|出现|遇到|投诉|客诉|反馈|自己(?:醒|停|退|重启)|误"
    r"|fail|drop|crash|freez|disconnect|error|lost|lose|stuck|broken|black|silent|cut|stop|kick|miss|wrong|restart|timeout|timed out|complain"
)
# What a time belongs to that is no fault's: a payment, an order of a form, office hours, the end of a show.
# matches "资料提交|三天了", "直播结束|十分钟了"; does not match "断了|三天了"
_ELSE_BEFORE = lazy(
    r"(?:提交|申请|等|审核|寄|催|问|折腾|找|排队|结束|过|聊|试用|买|用|上线|运行|跑|播)(?:给?你们|出去)?(?:了|已经|都|快|有){0,2}\s{0,2}$"
)
# matches "昨天刚充的", "从 400M 涨到 1.8G"; does not match "昨天刚发版", "从 7 月 2 日起"
_NO_BEGINNING = lazy(
    r"^(?:昨|前|上|今|周)[^,。\n]{0,6}?刚刚?(?:充|买|续|付|交|认证|注册|开通|提交|签|下单)|^从\s?\d[\d.]{0,6}\s?(?:[kmg]b?\b|%|ms|fps|毫秒|秒|人|个|条|万|路)"
)
# matches "30 天前|的留言"; does not match "三天前|的晚上"
_OLD_THINGS = lazy(r"^\s{0,2}(?:发|存|录|建|上传|买|下)?的(?!时候|那[天次]|晚|早|下午|上午)")
# matches "今天|必须给答复", "今天|周三了"; does not match "今天|拉不下来"
_NO_START_TODAY = lazy(
    r"^\s{0,2}(?:必须|要|得|想|请|能|之?内|就要|就得|给|天气|几号|次数|刚(?:开始)?(?:接|注册|买|装|学)|是第?|周|星期|\d{1,2}\s?[号日]|下班|问|算|正好|顺便|麻烦|来|看到|又?学|彩排|先|之前|不)"
)
# matches "群公告|更新后", "换了头像|更新后"; does not match "服务端|更新后"
_CONTENT = lazy(
    r"(?:公告|资料|头像|昵称|列表|消息|配置|布局|状态|token|属性|名片|信息|内容|页面|数据|缓存|权限|角色|皮肤|字幕|令牌|备注|名称?|画面|视图|进度|成员|好友|会话)(?:被|的|在)?\s{0,2}$"
)
# matches "live |since June", "in use |since March"; does not match "failing |since June"
_IN_USE = lazy(
    r"\b(?:live|in (?:production|use)|running|online|launched|out|released|customers?|clients?|using (?:it|you|your [a-z]{2,12}|the [a-z]{2,12})|with you|users)\s{0,2}$"
)
# matches "工作日 9 点到 18 点", "我白天都在线"; does not match "9 点到 18 点掉线"
_OFFICE_HOURS = lazy(
    r"联系|值班|工作日|在线时间|上班|接听|办公|打给?我|找我|可打|方便|reach me|office hours|\bavailable"
)
# How much is done, not how often it fails.
# matches "每天 600 单左右", "每晚开播的主播有两千来个"; does not match "每天晚上 8 点"
_VOLUME = lazy(
    r"^[每一](?:个|隔)?\s?(?:天|晚上?|日|周|月|年|小时|分钟|场)[^,。;\n]{0,14}?(?:\d[\d.,]{0,8}|[一二两三四五六七八九十几百千]{1,4})\s?(?:多|来|余|几|大)?\s?[万千百]?\s?(?:单|场|通|节|路|台|人|个|块|元|条|分钟|[mg]b?\b|位|家|名|份|笔|订单|gb|tb|万)"
)
# matches "每 20ms 推一次", "每秒 200 次", "每千分钟"; does not match "每 30 秒断一次"
_CODE_RATE = lazy(
    r"^每\s?(?:\d{1,4}\s?(?:ms|毫秒)|秒\s?(?:最多|约|大约|能|发|调|写)?\s?\d|秒(?:最多|发|调|写|推)|[千万百]|分钟(?:多少|约?涨|收费|\d))|[^,。;\n]{0,12}(?:推|拉|调|轮询|请求|发送?|上报|采集|读取?|检测|刷新|续期?|查|同步|取|写|扫|打印|回调)(?:取|用|询)?(?:了)?一次"
)
# matches "we poll the state |every 30 seconds"; does not match "it drops |every 30 seconds"
_POLLS = lazy(r"\b(?:poll|fetch|quer(?:y|ies)|ping|heartbeat|keep-?alive|sampl(?:e|es|ing)|cron|backup)[^.,;\n]{0,30}$")
# matches "每次 launch 都需要 set 吗"; does not match "每次都这样, 是不是要升级?"
_ASKS = lazy(r"(?:需要|要不要|多少|限制|能不能|能否|是否|可以|几次|上限|必须)[^,。;\n]{0,20}[?吗]")
# What went well with somebody else's product. matches "以前在别的平台都可以", "之前一直用七牛没问题"; does not match "之前用得好好的"
_ELSEWHERE = lazy(r"别的|其他|其它|友商|竞品|别家|另一家|平台|用(?:的是?)?\s?(?![得着起旧老v\d上这该你])|以前\)|写")

_DENIED_FREQUENCY = lazy(r"(?:不是|并非|不|没有|非|希望|能否|预期|应该|需要|不用|should|not)\s{0,2}$")


def _timing(document: Document, stretches: Sequence[Stretch], clauses: _Clauses) -> list[Evidence]:
    kept = []
    for stretch in stretches:
        start, end = clauses.clause(stretch.start, stretch.end)
        clause = document.prose[start:end]
        text, before, after = (
            document.prose[stretch.start : stretch.end].strip(),
            document.prose[start : stretch.start],
            document.prose[stretch.end : end],
        )
        if stretch.key[2] == "start" and (_NOT_YET.search(clause) or _no_fault_began(text, before, after, clause)):
            continue
        if stretch.key[2] == "frequency" and (
            _DENIED_FREQUENCY.search(before) or _no_fault_recurs(text, before, after, clause)
        ):
            continue
        if stretch.key[2] == "last_good" and _ELSEWHERE.search(text):
            continue
        kept.append(stretch)
    return _plain(document, kept, clauses)


def _no_fault_began(text: str, before: str, after: str, clause: str) -> bool:
    """Whether the time is that of something else than the fault."""
    if text in ("今天", "今日"):
        return bool(_NO_START_TODAY.search(after)) or not after.strip(" ,。;?!\n")
    if text.endswith("了") and _ELSE_BEFORE.search(before):
        return True
    if _NO_BEGINNING.search(text + after) or (text.endswith(("前", "上个月", "上月")) and _OLD_THINGS.search(after)):
        return True
    if text.startswith(("更新", "升级", "发布", "维护", "换")) and _CONTENT.search(before):
        return True
    if text.startswith(("since", "from")) and _IN_USE.search(before):
        return True
    return bool(_OFFICE_HOURS.search(clause)) and not _FAULT.search(clause)


def _no_fault_recurs(text: str, before: str, after: str, clause: str) -> bool:
    """Whether what recurs is the business, the code or a version's number, and not the fault."""
    rest = text + after
    if _VOLUME.search(rest) and not _FAULT.search(clause):
        return True
    if (_CODE_RATE.search(rest[:40]) and not _FAULT.search(rest[:24])) or _POLLS.search(before):
        return True
    if re.search(r"(?:ios|ipados|android|安卓|windows|win|版本|系统)\s?$", before):
        return True
    return bool(_ASKS.search(rest))


# A refund that the reporter asks for is no loss suffered.
# matches "我要退款", "申请退费"; does not match "学员要求退费", "我们要给客户退款"
_OWN_REFUND = lazy(r"(?:我们?|本人|请|麻烦|申请)(?:要|想|要求|申请|需要|希望|现在|给我?)?(?:全额)?退[款费]")


def _business_loss(document: Document, stretches: Sequence[Stretch], clauses: _Clauses) -> list[Evidence]:
    kept = [
        stretch
        for stretch in stretches
        if not _OWN_REFUND.search(document.prose[slice(*clauses.clause(stretch.start, stretch.end))])
    ]
    return _plain(document, kept, clauses)


_JUDGES: dict[str, Callable[[Document, Sequence[Stretch], _Clauses], list[Evidence]]] = {
    "symptom": _symptom,
    "reproduction": _reproduction,
    "environment": _environment_slots,
    "logs": _logs,
    "session": _session,
    "impact": _impact,
    "business_loss": _business_loss,
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
    "contact": lazy(
        r"[^\n]{0,60}(?:\d{4,}|@|[a-z]{2,}[\w-]{3,}|微信|企微|飞书|钉钉|\bqq|\bline\b|电话|分机|工作日|随时|\d{1,2}\s?(?:-|:|点)\s?\d{0,2})"
    ),
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


# What is packed to be sent to support is logs, unless its name says otherwise.
# matches "patient_rtc_0618.zip"; does not match "patient.png"
_ARCHIVE = lazy(r"\.(?:zip|rar|7z|tgz|tar|tar\.gz|gz|xz|bz2)$", re.IGNORECASE)
# matches "截图.zip", "demo.rar"; does not match "agorasdk_vivoY3.zip"
_NO_LOGS = lazy(
    r"图|照片|视频|录屏|录像|录音|音频|证书|合同|源码|工程|营业执照|资质|文档|说明|材料|资料|发票|素材|课件|样本|安装包|授权|协议|名单|screenshot|pic|image|photo|video|movie|audio|wav|cert|contract|demo|source|src|project|sample|doc|invoice|logo|icon|sdk[._-]v?\d|apk|ipa|ppt|design|licen[cs]e|key|csv|report",
    re.IGNORECASE,
)


def _read_attachments(ticket: Ticket, stated: dict[str, list[Evidence]]) -> None:
    for number, name in enumerate(ticket.attachments):
        if _log_name().search(name) or (_ARCHIVE.search(name) and not _NO_LOGS.search(normalise(name).text)):
            stated["logs"].append(Evidence(f"attachments[{number}]", 0, len(name), name, name, "log_file"))
