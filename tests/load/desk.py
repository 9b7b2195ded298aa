"""`python -m tests.load.desk`: what a resident waits for who reports with a photo, everything running at so many requests a second.

Each resident uploads a photo, asks whether somebody reported the same, and reports. No number here is a test.
"""

import asyncio
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from io import BytesIO
from itertools import count, cycle
from pathlib import Path
from typing import Any

import click
import httpx
from PIL import Image, ImageDraw

from tests import servers
from tests.load.ours import HERE, Ours
from tests.settings import take_settings

SIZE = (1280, 960)
PHOTOS = 40
NEAR = {"category": "lights", "title": "路灯不亮", "text": "南门的路灯三天没亮了。", "lat": "30.63", "lon": "114.30"}
REPORT = {
    "category": "lights",
    "title": "路灯不亮",
    "text": "南门的路灯三天没亮了,晚上走路看不清。",
    "place": {"spot": "南门", "point": {"lat": 30.63, "lon": 114.30}},
}

Waits = dict[str, list[float]]


@click.command()
@click.option("--rate", default=50, show_default=True, help="Requests a second, of the three kinds together.")
@click.option("--seconds", default=20, show_default=True, help="How long.")
def main(rate: int, seconds: int) -> None:
    """Run the whole system and print the median and the 99th percentile of each kind of request."""
    given = take_settings()
    with (
        tempfile.TemporaryDirectory() as folder,
        servers.broker(Path(folder) / "broker", given.rabbitmq_image) as broker,
        broker.vhost() as amqp,
        servers.postgres(given.postgres_image, given.database_url, durable=True) as server,
        servers.fresh_databases(server) as (prefix, _),
    ):
        url = server.set(database=prefix).render_as_string(hide_password=False)
        ours = Ours(amqp, url + "_{service}", Path(folder) / "data")
        ours.prepare()
        with ours.running():
            ours.onboard()
            waits, failed = asyncio.run(residents(ours, rate, seconds))
    for kind, each in waits.items():
        click.echo(
            f"{kind:8} {len(each):5} requests  p50 {median(each):6.1f} ms  p99 {last_of_a_hundred(each):6.1f} ms"
        )
    everything = [wait for each in waits.values() for wait in each]
    click.echo(
        f"together {len(everything):5} requests  p50 {median(everything):6.1f} ms; {failed} were not answered with 2xx"
    )


async def residents(ours: Ours, rate: int, seconds: int) -> tuple[Waits, int]:
    """Residents come at a steady rate, each does three things in turn; seconds of each kind, and how many failed."""
    waits: Waits = defaultdict(list)
    failed: list[int] = []
    photos, tokens = cycle(list(photos_of_phones())), cycle(ours.tokens)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{ours.port}", timeout=10) as http:

        async def send(kind: str, method: str, path: str, token: str, **more: Any) -> Any:
            begun = time.perf_counter()
            headers = {"Authorization": f"Bearer {token}", **more.pop("headers", {})}
            answer = await http.request(method, f"{HERE}{path}", headers=headers, **more)
            waits[kind].append(time.perf_counter() - begun)
            if not answer.is_success:
                failed.append(answer.status_code)
            return answer.json()

        async def resident(number: int) -> None:
            token = next(tokens)
            jpeg = next(photos) + b"%09d" % number  # after the end of the picture: other bytes, the same work
            photo = await send("photo", "POST", "/photos", token, content=jpeg, headers={"Content-Type": "image/jpeg"})
            await send("similar", "GET", "/similar-issues", token, params=NEAR)
            await send("report", "POST", "/issues", token, json={**REPORT, "photos": [photo.get("id")]})

        begun, living = time.perf_counter(), []
        for number in count():
            if (wait := begun + number * 3 / rate - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            if time.perf_counter() - begun > seconds:
                break
            living.append(asyncio.create_task(resident(number)))
        await asyncio.gather(*living)
    return waits, len(failed)


def photos_of_phones() -> Iterator[bytes]:
    """Pictures as phones send them, scaled down, no two of them the same."""
    for number in range(PHOTOS):
        picture = Image.effect_noise(SIZE, 60).convert("RGB")
        ImageDraw.Draw(picture).rectangle((number * 20, 100, number * 20 + 300, 700), fill=(number * 6, 90, 160))
        file = BytesIO()
        picture.save(file, "JPEG", quality=80)
        yield file.getvalue()


def median(waits: list[float]) -> float:
    """In milliseconds."""
    return 1000 * statistics.median(waits)


def last_of_a_hundred(waits: list[float]) -> float:
    """In milliseconds."""
    return 1000 * sorted(waits)[int(len(waits) * 0.99) - 1]


if __name__ == "__main__":
    main()
