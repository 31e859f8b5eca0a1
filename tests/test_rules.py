"""Each rule by its own examples: those that fire, those that stay silent, in both languages."""

from pathlib import Path

import pytest

from triage.assessor import Assessor
from triage.language.pack import check_expression
from triage.lint.checks import CHECKS
from triage.lint.rulebook import CHECK_NAMES, Example, Rule, shipped_rules
from triage.settings import load_settings
from triage.ticket import ticket_from

RULES = shipped_rules()
GROUPS = {"REP", "ENV", "LOG", "SES", "IMP", "TIM", "SYM", "CON", "TXT", "SEC"}


def cases(which: str) -> list[object]:
    return [
        pytest.param(code, example, id=f"{code}-{which}-{number}-{example.lang}")
        for code, rule in RULES.items()
        for number, example in enumerate(getattr(rule, which), start=1)
    ]


@pytest.fixture(scope="module")
def assessor() -> Assessor:
    return Assessor(load_settings(), rules_alone=True)


def codes(assessor: Assessor, example: Example) -> list[str]:
    ticket = ticket_from(
        {
            "title": example.title,
            "body": example.body,
            "fields": dict(example.fields),
            "attachments": list(example.attachments),
        }
    )
    return [finding.code for finding in assessor.lint(ticket).assessment.lint.findings]


@pytest.mark.parametrize(("code", "example"), cases("fires"))
def test_rule_fires(assessor: Assessor, code: str, example: Example) -> None:
    assert code in codes(assessor, example)


@pytest.mark.parametrize(("code", "example"), cases("silent"))
def test_rule_stays_silent(assessor: Assessor, code: str, example: Example) -> None:
    assert code not in codes(assessor, example)


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_rule_is_whole(rule: Rule) -> None:
    assert rule.code[:3] in GROUPS
    assert rule.check in CHECKS
    assert rule.reason
    assert rule.source
    assert rule.message.zh
    assert rule.message.en
    assert bool(rule.ask.zh) == bool(rule.ask.en)
    for examples in (rule.fires, rule.silent):
        assert {"zh", "en"} <= {example.lang for example in examples}
    for pattern in rule.patterns:
        check_expression(pattern, path=Path(f"{rule.code}.toml"))


def test_every_check_has_its_name() -> None:
    assert set(CHECK_NAMES) == set(CHECKS)


def test_there_are_enough_rules() -> None:
    assert len(RULES) >= 35
    assert {code[:3] for code in RULES} == GROUPS
    assert len({rule.name for rule in RULES.values()}) == len(RULES)
