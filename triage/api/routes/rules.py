"""The rules in force."""

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from triage.api import schemas
from triage.api.access import AssessCaller
from triage.api.bodies import JSON
from triage.api.problems import ProblemError
from triage.lint.rulebook import Rule, Rulebook, Words

router = APIRouter(tags=["rules"])


@router.get("/v1/rules", **schemas.RULES)
async def list_rules(request: Request, caller: AssessCaller) -> Response:
    """The rules in force, by code."""
    book: Rulebook = request.app.state.service.assessor.rulebook
    listed = [_rule_json(rule) for code, rule in book.rules.items() if code not in book.silenced]
    return Response(orjson.dumps({"rules": listed, "version": book.version}), media_type=JSON)


@router.get("/v1/rules/{code}", **schemas.RULE)
async def get_rule(request: Request, caller: AssessCaller, code: str) -> Response:
    """One rule, by its code or name."""
    book: Rulebook = request.app.state.service.assessor.rulebook
    for rule in book.rules.values():
        if code in (rule.code, rule.name) and rule.code not in book.silenced:
            return Response(orjson.dumps(_rule_json(rule)), media_type=JSON)
    raise ProblemError("not-found", what="rule")


def _rule_json(rule: Rule) -> dict[str, object]:
    return {
        "code": rule.code,
        "name": rule.name,
        "level": rule.level,
        "kinds": rule.kinds,
        "element": rule.element or None,
        "message": _words(rule.message),
        "ask": _words(rule.ask),
        "reason": rule.reason,
        "source": rule.source,
    }


def _words(words: Words) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}
