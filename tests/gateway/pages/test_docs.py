"""The page tells of every endpoint in both languages, leads every link to something, and never trusts a text."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from gateway import openapi
from gateway.pages.docs import STYLE, Docs
from gateway.problems import KINDS

DOCUMENT = openapi.document()


class Reader(HTMLParser):
    """Collects ids, links and tags, and minds that every tag is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.tags.add(tag)
        self.attributes |= set(told)
        self.ids += [told["id"] or ""] if "id" in told else []
        self.links += [told["href"] or ""] if "href" in told else []
        if tag not in ("meta", "link", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read(language: str, document: Any = DOCUMENT) -> tuple[str, Reader]:
    page = Docs(document, language).html().decode()
    reader = Reader()
    reader.feed(page)
    assert reader.open == []
    return page, reader


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_endpoint_schema_and_problem_is_on_the_page(language: str) -> None:
    page, reader = read(language)
    for methods in DOCUMENT["paths"].values():
        for operation in methods.values():
            assert operation["operationId"] in reader.ids
    assert set(DOCUMENT["components"]["schemas"]) <= set(reader.ids)
    assert set(KINDS) <= set(reader.ids), "the type of a problem leads here"
    assert len(reader.ids) == len(set(reader.ids))
    assert f'<html lang="{"zh-CN" if language == "zh" else "en"}">' in page


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_link_leads_somewhere_on_this_site(language: str) -> None:
    _, reader = read(language)
    for link in reader.links:
        assert link in ("/v1/docs/style.css", "?lang=en", "?lang=zh") or link.removeprefix("#") in reader.ids, link


def test_there_are_no_scripts_styles_or_images_in_the_page() -> None:
    _, reader = read("zh")
    assert not reader.tags & {"script", "style", "img", "iframe", "form", "object"}
    assert not [name for name in reader.attributes if name.startswith("on") or name in ("style", "src")]
    assert b"url(" not in STYLE


def test_the_chinese_page_speaks_chinese_and_the_english_one_english() -> None:
    chinese, english = read("zh")[0], read("en")[0]
    assert "上报问题" in chinese
    assert "Report a problem in the community" in english
    headings = re.findall(r"<h[234]>(.*?)</h[234]>", english)
    assert all(not re.search(r"[\u4e00-\u9fff]", heading) for heading in headings)


def test_a_text_is_never_markup() -> None:
    evil = "<script>alert(1)</script>"
    document = {**DOCUMENT, "paths": {f"/{evil}": DOCUMENT["paths"]["/v1/sessions"], **DOCUMENT["paths"]}}
    log_in = DOCUMENT["paths"]["/v1/sessions"]["post"]
    document["paths"]["/x"] = {"post": {**log_in, "summary": evil, "x-summary-zh": evil, "description": evil}}
    for language in ("zh", "en"):
        assert evil not in Docs(document, language).html().decode()


def test_it_can_be_read_on_a_phone() -> None:
    assert 'name="viewport"' in read("zh")[0]
    assert b"overflow-x: auto" in STYLE
