"""The same command many times at once, with one key: one effect, and everybody hears the same."""

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx

from services.ids import new_id
from tests.faults.founding import COMMUNITY
from tests.faults.load import Load
from tests.faults.stories import UnderLoad
from tests.faults.town import Town

TIMES = 50
ISSUES = f"/v1/communities/{COMMUNITY}/issues"


def send(
    load: Load, token: str, path: str, body: Mapping[str, Any], key: str, times: int = TIMES
) -> list[httpx.Response]:
    """Send one request so many times at once, each over a connection of its own."""

    async def all_at_once() -> list[httpx.Response]:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
        limits = httpx.Limits(max_connections=times)
        async with httpx.AsyncClient(base_url=load.address, headers=headers, limits=limits, timeout=20) as http:
            return await asyncio.gather(*(http.post(path, json=body) for _ in range(times)))

    return asyncio.run(all_at_once())


def test_fifty_at_once_have_one_effect_and_fifty_equal_answers(town: Town, under_load: UnderLoad) -> None:
    with under_load(town) as load:
        key = new_id()
        report = {"title": "9栋旁垃圾成堆", "text": f"堆了三天,没人清。 {key}", "place": {"spot": "9栋东侧"}}
        load.history.attempt(("report", key))
        answers = send(load, load.resident, ISSUES, report, key)
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.content for answer in answers}) == 1
        assert len({answer.headers["etag"] for answer in answers}) == 1
        issue = answers[0].json()
        load.history.acknowledge(("report", key), issue["id"], issue["version"])

        load.history.attempt(("accept", issue["id"]))
        answers = send(load, load.officer, f"{ISSUES}/{issue['id']}/acceptance", {}, key)
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.content for answer in answers}) == 1
        load.history.acknowledge(("accept", issue["id"]), issue["id"], 2)

        other = send(load, load.resident, ISSUES, {**report, "title": "另一件事"}, key, times=2)
        assert {answer.status_code for answer in other} == {409}
