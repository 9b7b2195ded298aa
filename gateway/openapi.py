"""The OpenAPI 3.1 description of the HTTP surface, made from the endpoint table and the contracts; it is committed and served."""

from typing import Any

from gateway.endpoints import ENDPOINTS
from gateway.operations import HEADERS, STATUSES, operation_of, problem_response
from gateway.shapes import schemas
from services import __version__

TAGS = {
    "issues": ("问题", "Problems in a community, from report to confirmation."),
    "huddles": ("碰头会", "The daily huddle of each micro-grid, and the patrols."),
    "photos": ("照片", "Photos and short videos: nothing is kept of them but what is seen and heard."),
    "meetings": ("三方例会", "Topics and the weekly meeting of the three parties."),
    "projects": ("项目", "From alternatives through three gates to the result."),
    "votes": ("业主表决", "What the owners decide by the double majority of art. 278."),
    "money": ("合同与付款", "Contracts and payments; the final one waits for the acceptance group."),
    "acceptances": ("竣工验收", "Works checked clause by clause, rework, signatures."),
    "hearings": ("阳光听证会", "Questions about progress, money and quality, each owed an answer."),
    "experts": ("专家与抽签", "The pool of experts, and juries that anybody can verify."),
    "points": ("积分", "What members earned by taking part, and what it pays for."),
    "numbers": ("统计与导出", "Numbers, heat map, recurring matters and exports; each number is defined once."),
    "communities": ("社区", "Communities, their places, numbers and owners' roll."),
    "notices": ("通知", "What one is told: an inbox, and messages where one wants them."),
    "members": ("成员与角色", "Members of a community and their roles."),
    "api clients": ("接口客户端", "Systems of property companies."),
    "sessions": ("登录", "Log in, stay logged in, log out."),
    "events": ("事件流", "What happened, as pages or live."),
    "documents": ("文档", "This description of the API."),
    "operation": ("运行维护", "For those who run the system."),
}
ABOUT = """三三成事 sansan: residents' matters are raised, decided and carried out by residents.

Every write is a command; its answer is the new state with an `ETag`. Send `If-Match` with that tag to change only what you
saw, and `Idempotency-Key` to be able to repeat a request: the answer is the same, the effect one. Every refusal is an RFC 9457
problem with its reason in Chinese and English and the clause of the rule. 写操作均为命令;拒绝时给出中英文理由与条款。"""


def document() -> dict[str, Any]:
    """The whole description, as `gateway/openapi.json` holds it."""
    paths: dict[str, dict[str, Any]] = {}
    for tag, rows in ENDPOINTS.items():
        for row in rows:
            paths.setdefault(row.path, {})[row.method.lower()] = operation_of(row, tag)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "三三成事 sansan",
            "version": __version__,
            "description": ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": about, "x-name-zh": zh} for name, (zh, about) in TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": schemas(),
            "responses": {str(status): problem_response(status) for status in STATUSES},
            "headers": HEADERS,
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "The `access_token` of POST /v1/sessions or POST /v1/client-tokens. 访问令牌",
                }
            },
        },
    }
