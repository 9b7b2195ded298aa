"""Whoever has a role in the community comes in, and GeoJSON is JSON, too."""

from tests.gateway.numbers.office import HERE, Office


def test_who_asks_for_json_gets_geojson_and_who_asks_for_csv_gets_none(office: Office) -> None:
    for accept, status in (("application/json", 200), ("application/geo+json", 200), ("*/*", 200), ("text/csv", 406)):
        assert office.get("officer", f"{HERE}/heat-map", headers={"accept": accept}).status_code == status
    assert office.get("officer", f"{HERE}/issues.csv", headers={"accept": "application/json"}).status_code == 406


def test_only_a_community_that_could_be_one_is_looked_at(office: Office) -> None:
    for place, status in (("NO", 404), ("wuhan-nowhere", 403), ("wuhan-baibuting", 403)):
        assert office.get("officer", f"/v1/communities/{place}/numbers").status_code == status
