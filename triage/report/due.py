"""Due times in words: until when, and the lines that add up to it."""

from datetime import datetime, time, timedelta

from triage.assessment import DueLine, DueTime

_WEEKDAYS = {"zh": "一二三四五六日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# More lines than these say no more: a target of weeks.
_MOST_LINES = 8


def due_text(due: DueTime, *, lang: str) -> str:
    """``by Sat 14 Feb 12:30``, with a word where days are estimated."""
    when = f"{_day(due.at, lang)} {due.at:%H:%M}"
    if lang == "zh":
        return f"{when} 前" + ("（按预计的工作日）" if due.estimated else "")
    return f"by {when}" + (" (working days estimated)" if due.estimated else "")


def ledger_text(due: DueTime, *, lang: str) -> str:
    """``Fri 13 Feb 17:30-18:00 30 min · Sat 14 Feb 09:00-12:30 210 min (make-up workday)``."""
    lines = [_line(line, lang) for line in due.ledger]
    if len(lines) > _MOST_LINES:
        half = _MOST_LINES // 2
        lines = [*lines[:half], "…", *lines[-half:]]
    return " · ".join(lines)


def _line(line: DueLine, lang: str) -> str:
    end = f"{line.end:%H:%M}" if line.end.date() == line.start.date() else f"{_day(line.end, lang)} {line.end:%H:%M}"
    if not line.minutes and line.end.time() != time(0):
        # Not days off, which end at midnight, but a pause.
        return f"{_day(line.start, lang)} {line.start:%H:%M}-{end} {line.why or ''}".rstrip()
    if not line.minutes:
        last = line.end - timedelta(minutes=1)
        days = _day(line.start, lang) + ("" if last.date() == line.start.date() else f" - {_day(last, lang)}")
        return f"{days} {line.why or ('休息' if lang == 'zh' else 'off')}"
    unit = "分钟" if lang == "zh" else "min"
    why = "" if line.why is None else f"（{line.why}）" if lang == "zh" else f" ({line.why})"
    return f"{_day(line.start, lang)} {line.start:%H:%M}-{end} {line.minutes:g} {unit}{why}"


def _day(moment: datetime, lang: str) -> str:
    weekday = _WEEKDAYS[lang][moment.weekday()]
    if lang == "zh":
        return f"{moment.month} 月 {moment.day} 日(周{weekday})"
    return f"{weekday} {moment.day} {_MONTHS[moment.month - 1]}"
