"""The rules for the terminal: a list, and one explained from its file."""

from collections.abc import Sequence

from triage.lint.rulebook import Example, Rule, Rulebook, Words


def list_rules(book: Rulebook, *, lang: str) -> str:
    """One line a rule: code, level, name, message; silenced ones are marked."""
    rows = []
    for code, rule in book.rules.items():
        level = "silenced" if code in book.silenced else rule.level
        rows.append(f"{code}  {level:<8}  {rule.name:<32}  {_words(rule.message, lang)}")
    return "\n".join(rows)


def explain_rule(rule: Rule, *, lang: str) -> str:
    """A rule in full: what it reports, what it asks, why, on whose word, and tickets on which it speaks or is silent."""
    lines = [
        f"{rule.code} {rule.name} ({rule.level})",
        "",
        *_both("message", rule.message, lang),
        *(_both("ask", rule.ask, lang) if rule.ask.zh else []),
        f"kinds    {', '.join(rule.kinds)}",
        f"check    {rule.check}" + (f" of {rule.element}" if rule.element else ""),
    ]
    if rule.silent_when:
        lines.append(f"silent   when the ticket has {' or '.join(rule.silent_when)}")
    if rule.eased_when:
        lines.append(f"eased    to a hint when the ticket has {' or '.join(rule.eased_when)}")
    lines += [f"reason   {rule.reason}", f"source   {rule.source}"]
    lines += ["", "speaks on:", *_examples(rule.fires), "", "is silent on:", *_examples(rule.silent)]
    return "\n".join(lines)


def _words(words: Words, lang: str) -> str:
    return words.zh if lang == "zh" else words.en


def _both(label: str, words: Words, lang: str) -> list[str]:
    if lang != "auto":
        return [f"{label:<9}{_words(words, lang)}"]
    return [f"{label:<9}{words.en}", f"{'':<9}{words.zh}"]


def _examples(examples: Sequence[Example]) -> list[str]:
    return [f"  [{example.lang}] " + " | ".join(filter(None, (example.title, example.body))) for example in examples]
