"""The database alone (c): the two inserts and their commit, with nothing before them; no front could answer faster."""

import asyncio
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import asyncpg
import sqlalchemy as sa

from tests.load.tables import COMMUNITY

CONNECTIONS = 32
WARM_UP_SECONDS = 0.5
ISSUE = (
    "INSERT INTO issue (community_id, id, category, title, text, place, status, reporter_id, version, created_at)"
    f" VALUES ('{COMMUNITY}', gen_random_uuid(), 'road', 'Manhole cover broken in front of building 12',"
    " 'The cover of the manhole between buildings 12 and 13 is broken in two; somebody could fall in after dark.',"
    """ '{"estate_id": "dongli", "building": "12", "note": "on the footpath"}', 'reported', 'member-1', 1, now())"""
)
JOURNAL = (
    "INSERT INTO journal (community_id, type, subject, data, at)"
    f" VALUES ('{COMMUNITY}', 'issues.issue.reported.v1', gen_random_uuid(),"
    """ '{"title": "Manhole cover broken in front of building 12", "status": "reported", "reporter_id": "member-1","""
    """ "text": "The cover of the manhole between buildings 12 and 13 is broken in two; somebody could fall in"}', now())"""
)


def commits_per_second(url: sa.URL, seconds: float) -> float:
    """Transactions of two inserts a second, by `pgbench` where it is installed, else by asyncpg."""
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    program = shutil.which("pgbench") or next(map(str, Path("/usr/lib/postgresql").glob("*/bin/pgbench")), None)
    return _pgbench(program, plain, seconds) if program else asyncio.run(_asyncpg(plain, seconds))


def _pgbench(program: str, url: str, seconds: float) -> float:
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(f"BEGIN;\n{ISSUE};\n{JOURNAL};\nCOMMIT;\n")
        script.flush()
        clients = ["--client", str(CONNECTIONS), "--jobs", "1", "--protocol", "prepared", "--no-vacuum"]
        command = [program, *clients, "--time", str(max(1, round(seconds))), "--file", script.name, url]
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60, check=True)
    found = re.search(r"tps = ([\d.]+) \(without initial", done.stdout)
    assert found, done.stdout
    return float(found[1])


async def _asyncpg(url: str, seconds: float) -> float:
    start = time.monotonic() + WARM_UP_SECONDS
    counts = await asyncio.gather(*(_commit(url, start, start + seconds) for _ in range(CONNECTIONS)))
    return sum(counts) / seconds


async def _commit(url: str, start: float, end: float) -> int:
    connection, done = await asyncpg.connect(url), 0
    issue, journal = await connection.prepare(ISSUE), await connection.prepare(JOURNAL)
    while (now := time.monotonic()) < end:
        async with connection.transaction():
            await issue.fetch()
            await journal.fetch()
        done += now >= start
    await connection.close()
    return done
