"""What is the same for everybody: the description, the page in both languages, the events' schemas, the keys, the figures."""

import jsonschema
import pytest

from gateway import openapi
from services.clock import utc_now
from services.declare import EVENTS
from services.tokens import Verifier
from tests.gateway.city import HERE, City


def test_the_description_is_the_generated_one_and_cached(city: City) -> None:
    nobody = city.person("nobody")
    answer = nobody.get("/v1/openapi.json")
    assert answer.json()["paths"].keys() == openapi.document()["paths"].keys()
    assert answer.headers["cache-control"] == "public, max-age=300"
    again = nobody.get("/v1/openapi.json", headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_page_speaks_the_callers_language_or_the_one_asked_for(city: City) -> None:
    nobody = city.person("nobody")
    for path, accepted, language, word in (
        ("/v1/docs", "en-GB", "en", "What holds everywhere"),
        ("/v1/docs", "zh-CN", "zh", "通用约定"),
        ("/v1/docs", "fr", "zh", "通用约定"),
        ("/v1/docs?lang=en", "zh-CN", "en", "What holds everywhere"),
    ):
        answer = nobody.get(path, headers={"accept-language": accepted, "accept": "text/html"})
        assert (answer.status_code, answer.headers["content-language"]) == (200, language)
        assert word in answer.text
    assert nobody.get("/v1/docs?lang=fr").status_code == 422
    assert nobody.get("/v1/docs", headers={"accept": "application/json"}).status_code == 406


def test_the_page_needs_nothing_but_its_style(city: City) -> None:
    nobody = city.person("nobody")
    page = nobody.get("/v1/docs")
    assert "script" not in page.headers["content-security-policy"]
    assert "<script" not in page.text
    assert "style=" not in page.text
    style = nobody.get("/v1/docs/style.css")
    assert style.headers["content-type"] == "text/css; charset=utf-8"
    assert "url(" not in style.text


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_every_event_has_a_schema_where_its_envelope_says(name: str, city: City) -> None:
    answer = city.person("nobody").get(f"/v1/schemas/{name}.json")
    assert answer.headers["content-type"] == "application/schema+json"
    jsonschema.Draft202012Validator.check_schema(answer.json())


def test_an_event_that_is_told_is_what_its_schema_says(city: City) -> None:
    city.report()
    officer = city.person("officer")
    for event in officer.get("/v1/events", params={"community": HERE, "type": "directory.*"}).json()["events"]:
        jsonschema.validate(event["data"], officer.get(event["dataschema"]).json())
    assert officer.get("/v1/schemas/nothing.json").status_code == 404


def test_the_published_keys_are_those_that_the_services_verify_by(city: City) -> None:
    published = city.person("nobody").get("/.well-known/jwks.json")
    assert published.headers["content-type"] == "application/jwk-set+json"
    assert {"d"} & set(published.json()["keys"][0]) == set(), "no private part"
    token = city.person("officer").headers["authorization"].removeprefix("Bearer ")
    assert Verifier(city.chosen.keys_directory).verify(token, utc_now()).member_id == city.members["officer"]


def test_figures_are_there_for_prometheus(city: City) -> None:
    nobody = city.person("nobody")
    nobody.get(f"/v1/communities/{HERE}")
    text = nobody.get("/metrics").text
    assert 'sansan_http_seconds_count{route="/v1/communities/{community_id}",status="200"}' in text
    assert HERE not in text, "a figure for each route, not for each address"
