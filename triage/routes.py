"""Where a ticket goes, by a site's queues, with the reason in words."""

from datetime import datetime
from zoneinfo import ZoneInfo

from triage.assessment import Label, Language, Route
from triage.errors import SettingsError
from triage.policy.clock import Clock, windows_of
from triage.policy.days import days_in
from triage.policy.routing import Choice, Queue, choose_queue
from triage.report.wording import EN, ZH, Wording
from triage.settings import QueueSettings, RoutingSettings, named_zone

# Who waits for them loses money: their tickets go where somebody is at work.
_URGENT = ("P1", "P2")
_REASONS = {
    "zh": {
        "takes": "产品线{product}、{language}、{plan} 计划",
        "open": "产品线{product}、{language}、{plan} 计划；{instead_of} 现在不在工作时间",
        "unsure": "产品线不确定（{product} {share:.0%}），由 {queue} 先看",
        "unknown": "没有模型，产品线未知，由 {queue} 先看",
        "nobody": "没有队列接收产品线{product}、{language}、{plan} 计划的工单，由 {queue} 先看",
    },
    "en": {
        "takes": "product line {product}, {language}, {plan} plan",
        "open": "product line {product}, {language}, {plan} plan; {instead_of} is not at work now",
        "unsure": "the product line is not certain ({product} {share:.0%}), so {queue} looks first",
        "unknown": "there is no model to tell the product line, so {queue} looks first",
        "nobody": "no queue takes product line {product}, {language}, {plan} plan, so {queue} looks first",
    },
}


class Routes:
    """A site's queues; build it once."""

    def __init__(self, settings: RoutingSettings) -> None:
        """Raises SettingsError that names the setting, its value and what is allowed."""
        if not 0 <= settings.sure <= 1:
            raise SettingsError(f"routing.sure is {settings.sure}; it must be a probability from 0 to 1")
        self._settings = settings
        self._queues = [_queue(name, queue) for name, queue in settings.queues.items()]

    def route(
        self,
        product: Label | None,
        language: Language,
        plan: str,
        *,
        priority: str,
        at: datetime | None,
        lang: str,
    ) -> Route:
        """The queue of a ticket, with the reason in a language; ``at`` is when it came, None where nobody knows."""
        is_sure = product is not None and (product.probability is None or product.probability >= self._settings.sure)
        choice = choose_queue(
            self._queues,
            product=product.label if product and is_sure else None,
            language=language,
            plan=plan,
            at=at,
            is_urgent=priority in _URGENT,
            fallback=self._settings.fallback,
        )
        return Route(choice.queue, _reason(choice, product, language, plan, lang))


def _reason(choice: Choice, product: Label | None, language: Language, plan: str, lang: str) -> str:
    words: Wording = ZH if lang == "zh" else EN
    if product is None:
        return _REASONS[lang]["unknown"].format(queue=choice.queue)
    return _REASONS[lang][choice.why].format(
        product=words.products.get(product.label, product.label),
        share=product.probability or 0.0,
        language=words.languages[language],
        plan=plan,
        queue=choice.queue,
        instead_of=choice.instead_of,
    )


def _queue(name: str, settings: QueueSettings) -> Queue:
    clock = None
    if settings.hours:
        zone: ZoneInfo = named_zone(f"routing.queues.{name}.time_zone", settings.time_zone)
        windows = windows_of(f"routing.queues.{name}.hours", settings.hours)
        clock = Clock(zone, days_in(settings.country, setting=f"routing.queues.{name}.country"), windows)
    for language in settings.languages:
        if language not in ZH.languages:
            allowed = ", ".join(ZH.languages)
            raise SettingsError(f'routing.queues.{name}.languages has "{language}"; use {allowed}')
    return Queue(name, settings.products, settings.languages, settings.plans, clock)
