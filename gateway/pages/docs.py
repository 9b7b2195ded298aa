"""The API explained to people, in Chinese or English: one page made from the OpenAPI description, readable on a phone."""

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from gateway.pages.markup import anchor_of, curl, kind_of, listed, marked, table, target_of
from gateway.pages.words import RULES, SAYS
from gateway.problems import KINDS
from services.actor import ROLE_LABELS
from services.errors import Words

STYLE = (Path(__file__).parent / "style.css").read_bytes()


class Docs:
    """The page in one language (`en` or `zh`)."""

    def __init__(self, document: Mapping[str, Any], language: str) -> None:
        self._document = document
        self._schemas: Mapping[str, Any] = document["components"]["schemas"]
        self._language = language

    def html(self) -> bytes:
        """The whole page."""
        other = "en" if self._language == "zh" else "zh"
        body = [
            f'<p class="language"><a href="?lang={other}" hreflang="{other}">{self._say("other")}</a></p>',
            f"<h1>{self._say('title')}</h1><p>{self._say('intro')}</p>",
            self._contents(),
            self._section("start", self._start()),
            self._section("rules", listed(escape(self._of(rule)) for rule in RULES)),
            *(self._group(tag) for tag in self._document["tags"]),
            self._section("schemas", "".join(self._schema(name) for name in self._schemas)),
            self._section("roles", self._roles()),
            self._section("problems", self._problems()),
        ]
        language = "zh-CN" if self._language == "zh" else "en"
        return (
            f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{self._say('title')}</title>"
            f'<link rel="stylesheet" href="/v1/docs/style.css"></head><body><main>{"".join(body)}</main></body></html>\n'
        ).encode()

    def _of(self, words: Words) -> str:
        return str(getattr(words, self._language))

    def _say(self, name: str) -> str:
        return escape(self._of(SAYS[name]))

    def _section(self, name: str, inside: str) -> str:
        return f'<section id="{name}"><h2>{self._say(name)}</h2>{inside}</section>'

    def _contents(self) -> str:
        links = [f'<a href="#{name}">{self._say(name)}</a>' for name in ("start", "rules")]
        links += [f'<a href="#{anchor_of(tag["name"])}">{escape(self._tag(tag))}</a>' for tag in self._document["tags"]]
        links += [f'<a href="#{name}">{self._say(name)}</a>' for name in ("schemas", "roles", "problems")]
        return f"<nav><h2>{self._say('contents')}</h2>{listed(links)}</nav>"

    def _tag(self, tag: Mapping[str, str]) -> str:
        return str(tag["x-name-zh"] if self._language == "zh" else tag["name"].capitalize())

    def _start(self) -> str:
        log_in = self._document["paths"]["/v1/sessions"]["post"]
        with_token = self._document["paths"]["/v1/me"]["get"]
        steps = curl("POST", "/v1/sessions", log_in) + "\n" + curl("GET", "/v1/me", with_token)
        return f"<p>{self._say('start_steps')}</p><pre>{escape(steps)}</pre>"

    def _group(self, tag: Mapping[str, str]) -> str:
        rows = [
            self._operation(method, path, operation)
            for path, methods in self._document["paths"].items()
            for method, operation in methods.items()
            if tag["name"] in operation["tags"]
        ]
        return f'<section id="{anchor_of(tag["name"])}"><h2>{escape(self._tag(tag))}</h2>{"".join(rows)}</section>'

    def _operation(self, method: str, path: str, operation: Mapping[str, Any]) -> str:
        label = operation["summary"] if self._language == "en" else operation["x-summary-zh"]
        about = operation["description"].partition("\n\n")[0]
        parts = [
            f'<details id="{operation["operationId"]}"><summary><b class="{method}">{method.upper()}</b> '
            f"<code>{escape(path)}</code> {escape(label)}</summary>",
            f"<p>{escape(about)}</p>" if about != label else "",
            f"<p>{self._say('who')}: {escape(self._who(operation))}</p>",
            self._parameters(operation),
            self._body(operation),
            f"<h4>{self._say('answers')}</h4>{self._answers(operation)}",
            f"<h4>{self._say('example')}</h4><pre>{escape(curl(method.upper(), path, operation))}</pre></details>",
        ]
        return "".join(parts)

    def _who(self, operation: Mapping[str, Any]) -> str:
        if who := operation.get("x-who"):
            return str(who[self._language])
        return self._of(SAYS["anybody" if {} in operation["security"] else "logged_in"])

    def _parameters(self, operation: Mapping[str, Any]) -> str:
        rows = [
            (
                marked(each["name"], each.get("required", False)),
                each["in"],
                kind_of(each["schema"]),
                each.get("description", ""),
            )
            for each in operation.get("parameters", ())
        ]
        heads = (self._say("name"), "", self._say("kind"), self._say("meaning"))
        return f"<h4>{self._say('parameters')}</h4>{table(heads, rows)}" if rows else ""

    def _body(self, operation: Mapping[str, Any]) -> str:
        content = operation.get("requestBody", {}).get("content", {})
        made = ""
        for media, part in content.items():
            made += f"<h4>{self._say('members')} <code>{media}</code></h4>"
            made += self._members(self._schemas[target_of(part["schema"])]) if "$ref" in part["schema"] else ""
        return made

    def _members(self, schema: Mapping[str, Any]) -> str:
        required = schema.get("required", ())
        rows = [
            (marked(name, name in required), kind_of(part), part.get("description", ""))
            for name, part in schema.get("properties", {}).items()
        ]
        return (
            table((self._say("name"), self._say("kind"), self._say("meaning")), rows)
            if rows
            else "<p><code>{}</code></p>"
        )

    def _answers(self, operation: Mapping[str, Any]) -> str:
        rows = []
        for status, answer in operation["responses"].items():
            if "$ref" in answer:
                kinds = [kind for kind in KINDS.values() if str(kind.status) == status]
                what = " · ".join(f'<a href="#{kind.code}">{escape(self._of(kind.title))}</a>' for kind in kinds)
            else:
                what = " ".join(
                    f"<code>{media}</code> {kind_of(part['schema'])}"
                    for media, part in answer.get("content", {}).items()
                )
            rows.append((status, what))
        return table((self._say("status"), self._say("meaning")), rows)

    def _schema(self, name: str) -> str:
        schema = self._schemas[name]
        about = f"<p>{escape(schema['description'])}</p>" if "description" in schema else ""
        return f'<details id="{name}"><summary><code>{name}</code></summary>{about}{self._members(schema)}</details>'

    def _roles(self) -> str:
        rows = [
            (f"<code>{role}</code>", escape(zh if self._language == "zh" else en))
            for role, (en, zh) in ROLE_LABELS.items()
        ]
        return table((self._say("name"), self._say("meaning")), rows)

    def _problems(self) -> str:
        rows = [
            (f'<code id="{kind.code}">{kind.code}</code>', str(kind.status), escape(self._of(kind.title)))
            for kind in KINDS.values()
        ]
        return table((self._say("code"), self._say("status"), self._say("meaning")), rows)
