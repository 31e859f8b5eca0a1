"""What the fault costs: which numbers and words count those who are hit, and which loss of business is suffered.

How a number is read from its words stands in ``impact.py``.
"""

import re
from collections.abc import Callable, Sequence

from triage.assessment import Evidence
from triage.evidence.document import Document
from triage.evidence.impact import read_count, read_ratio, scope_of
from triage.evidence.stretch import Clauses, Stretch, evidence_of
from triage.language.regexp import lazy

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
# matches "房间 |50 人", "支持 |100 人"; does not match "影响 |200 人"
_SIZE_BEFORE = lazy(
    r"(?:房间|群里?|群聊|会议|频道|班|课堂|上限|最多|支持|并发|同时在线|在线|容纳|总共?|一共|规模|加到|每个|单个|单房|满|达到|超过|注册|日活|月活|dau|mau|有|共|约|定员|人数|限制|限|一个|这个)\s{0,3}(?:有|里|内|里面|是|为|约|大概|的)?\s{0,2}$"
)
# matches "50 人|的房间", "100 人|同时在线"; does not match "200 人|进不来"
_SIZE_AFTER = lazy(
    r"^\s{0,2}(?:的)?(?:房间|群|会议|会|课|班|大?直播间|频道|规模|同时在线|在线|并发|以上的群|的?小班|大班|语聊|连麦|通话|互动|场景|套餐|项目|团队|级别|上限|视频|语音|左右的(?:群|房|会|课)|多人|对)"
)
# matches "a room with |50 people", "up to |100 users"; does not match "about |200 users"
_SIZE_EN = lazy(
    r"(?:room|group|channel|meeting|call|class|session|conference)s? (?:with|of|for|has|have|having)[^\n.,]{0,12}$|(?:up to|max(?:imum)?|limit(?: is| of)?|capacity(?: of)?|support(?:s|ing)?|concurrent|total(?: of)?|has|we have|with|scale to|than|between|for)\s{0,2}(?:about |around |only )?$"
)
# matches "第 |3 个", "4.|6 个"; does not match "有 |3 个"
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


def judge_impact(document: Document, stretches: Sequence[Stretch], clauses: Clauses) -> list[Evidence]:
    """The impact that stretches tell, its value measured; without numbers that count no one who is hit."""
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


def _ratio_value(document: Document, stretch: Stretch, clauses: Clauses) -> dict[str, object] | None:
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


def _count_value(document: Document, stretch: Stretch, clauses: Clauses) -> dict[str, object] | None:
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


def _scope_value(document: Document, stretch: Stretch, clauses: Clauses) -> dict[str, object] | None:
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
# matches "群组@|所有人"; does not match "线上|所有人"
_NO_SCOPE_BEFORE = lazy(r"@\s?$")
# matches "每次|都这样"; does not match "用户|都这样"
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


_IMPACTS: dict[str, Callable[[Document, Stretch, Clauses], dict[str, object] | None]] = {
    "ratio": _ratio_value,
    "count": _count_value,
    "scope": _scope_value,
}


# matches "其他坐席正常", "others can"; does not match "只有我"
_CONTRAST = lazy(
    r"^(?:the )?(?:别|其他|其它|其余|另外|other|the rest|everyone else)[\s\S]{0,24}(?:正常|没问题|没事|fine|ok|can\b|work)",
    re.IGNORECASE,
)
# matches "就两个账号", "仅 3 台工程车"; does not match "就一台手机"
_ONLY_SO_MANY = lazy(
    r"\s?(?:就|只有?|仅有?)\s?(?:\d{1,3}|[两二三四五六七八九十]{1,3})\s?(?:个|位|名|台|间|家|支|部|辆)"
)
# matches "50 台里有 17 台", "3 of 10 phones"; does not match "30%", "一半的用户"
_OF_SO_MANY = lazy(
    r"[\d一二两三四五六七八九十百千][^\n\d]{0,20}(?:里|裡|中|共|of|in|from|有|了|/)[^\n\d]{0,8}[\d一二两三四五六七八九十百千]",
    re.IGNORECASE,
)


def is_measured(evidence: Evidence) -> bool:
    """Whether evidence measures impact beyond doubt: so many of so many, or one against all others who are fine."""
    if evidence.slot == "scope" and _ONLY_SO_MANY.match(evidence.text):
        return True
    if evidence.slot == "ratio" and isinstance(evidence.value, dict) and evidence.value["ratio"] is not None:
        return bool(_OF_SO_MANY.search(evidence.text))
    return evidence.slot == "scope" and bool(_CONTRAST.search(evidence.text))


# A refund that the reporter asks for is no loss suffered.
# matches "我要退款", "申请退费"; does not match "学员要求退费", "我们要给客户退款"
_OWN_REFUND = lazy(r"(?:我们?|本人|请|麻烦|申请)(?:要|想|要求|申请|需要|希望|现在|给我?)?(?:全额)?退[款费]")


def judge_business_loss(document: Document, stretches: Sequence[Stretch], clauses: Clauses) -> list[Evidence]:
    """The losses of business that stretches tell, without refunds that the reporter asks for."""
    kept = [
        stretch
        for stretch in stretches
        if not _OWN_REFUND.search(document.prose[slice(*clauses.clause(stretch.start, stretch.end))])
    ]
    return evidence_of(document, kept)
