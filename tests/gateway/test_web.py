"""The web process as a whole: a report over HTTP, read at once, repeated without a second effect, moved on by who may."""

import httpx

from tests.gateway.city import HERE, City

REPORT = {"title": "井盖破损", "text": "三号楼前的井盖破了。", "place": {"spot": "三号楼前"}}
ISSUES = f"/v1/communities/{HERE}/issues"


def test_whoever_wrote_reads_their_own_write_at_once(city: City) -> None:
    resident = city.person("resident")
    for _ in range(20):
        made = resident.post(ISSUES, json=REPORT)
        assert made.status_code == 201
        read = resident.get(made.headers["location"])
        assert (read.status_code, read.json()) == (200, made.json())
        assert read.headers["etag"] == made.headers["etag"]
