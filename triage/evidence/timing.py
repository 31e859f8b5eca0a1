"""Timing: since when, how often and until when it went well; not the times of the business, the code or the form."""

import re
from collections.abc import Sequence

from triage.assessment import Evidence
from triage.evidence.document import Document
from triage.evidence.stretch import Clauses, Stretch, evidence_of
from triage.language.regexp import lazy

# A date to come.
# matches "明天 10 点提包", "next week"; does not match "昨天 10 点起"
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
# matches "工作日 9 点到 18 点", "在线时间 9 点到 18 点"; does not match "9 点到 18 点掉线"
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
# What went well with somebody else's product.
# matches "以前在别的平台都可以", "之前一直用七牛没问题"; does not match "之前用得好好的"
_ELSEWHERE = lazy(r"别的|其他|其它|友商|竞品|别家|另一家|平台|用(?:的是?)?\s?(?![得着起旧老v\d上这该你])|以前\)|写")
# matches "不是|每次都这样", "should not |always"; does not match "几乎|每次"
_DENIED_FREQUENCY = lazy(r"(?:不是|并非|不|没有|非|希望|能否|预期|应该|需要|不用|should|not)\s{0,2}$")


def judge_timing(document: Document, stretches: Sequence[Stretch], clauses: Clauses) -> list[Evidence]:
    """The beginnings, frequencies and last good times of the fault in stretches."""
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
    return evidence_of(document, kept)


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
