"""Rival (b): FastAPI, pydantic and SQLAlchemy's async ORM on asyncpg straight into the database, no bus, no identity.

Set up as its users do when they care: uvloop and httptools, no access log, `expire_on_commit=False`, the models read
from attributes and written by pydantic's own serialiser, a pool of 20 connections a process, and no pre-ping. One
process and two workers are both measured, and the better one counts.
"""

import sys
from collections.abc import AsyncIterator
from datetime import datetime
from functools import lru_cache
from os import environ
from typing import Annotated, Any
from uuid import UUID

import sqlalchemy as sa
import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from tests.load.tables import Issue, Journal, state

DATABASE = "BENCH_DATABASE"
POOL = 20


class Place(BaseModel):
    """Where it is."""

    estate_id: Annotated[str, Field(max_length=64)]
    building: Annotated[str, Field(max_length=16)]
    note: Annotated[str, Field(max_length=200)] = ""


class Report(BaseModel):
    """What a resident sends."""

    model_config = ConfigDict(extra="forbid")

    category: Annotated[str, Field(min_length=1, max_length=32)]
    title: Annotated[str, Field(min_length=1, max_length=200)]
    text: Annotated[str, Field(min_length=1, max_length=5000)]
    place: Place


class IssueOut(BaseModel):
    """What everybody gets."""

    model_config = ConfigDict(from_attributes=True)

    community_id: str
    id: UUID
    category: str
    title: str
    text: str
    place: Place
    status: str
    reporter_id: str
    version: int
    created_at: datetime


class Page(BaseModel):
    """A page of issues, the newest first."""

    items: list[IssueOut]
    next: str | None


@lru_cache(maxsize=1)
def sessions() -> async_sessionmaker[AsyncSession]:
    """The sessions of this process."""
    engine = create_async_engine(environ[DATABASE], pool_size=POOL, max_overflow=0)
    return async_sessionmaker(engine, expire_on_commit=False)


async def session() -> AsyncIterator[AsyncSession]:
    """A session for one request."""
    async with sessions()() as opened:
        yield opened


Session = Annotated[AsyncSession, Depends(session)]
app = FastAPI()


@app.post("/communities/{community_id}/issues", status_code=201)
async def report(community_id: str, body: Report, session: Session) -> IssueOut:
    """Two inserts, one commit."""
    issue = Issue(community_id=community_id, reporter_id="member-1", **body.model_dump())
    session.add(issue)
    await session.flush()
    data = state(issue)
    session.add(Journal(community_id=community_id, type="issues.issue.reported.v1", subject=issue.id, data=data))
    await session.commit()
    return IssueOut.model_validate(issue)


@app.get("/communities/{community_id}/issues")
async def page(
    community_id: str, session: Session, limit: Annotated[int, Query(ge=1, le=100)] = 20, before: str = ""
) -> Page:
    """A page by keyset."""
    query = sa.select(Issue).where(Issue.community_id == community_id)
    if before:
        at, last = before.split("_")
        query = query.where(sa.tuple_(Issue.created_at, Issue.id) < (datetime.fromisoformat(at), UUID(last)))
    query = query.order_by(Issue.created_at.desc(), Issue.id.desc()).limit(limit)
    found = (await session.scalars(query)).all()
    after = f"{found[-1].created_at.isoformat()}_{found[-1].id}" if len(found) == limit else None
    return Page(items=[IssueOut.model_validate(issue) for issue in found], next=after)


@app.get("/communities/{community_id}/issues/{issue_id}")
async def one(community_id: str, issue_id: UUID, session: Session) -> IssueOut:
    """One issue."""
    issue = await session.get(Issue, (community_id, issue_id))
    if issue is None:
        raise HTTPException(404)
    return IssueOut.model_validate(issue)


def main() -> None:
    """Serve on a port with a number of workers."""
    port, workers = (int(word) for word in sys.argv[1:])
    options: dict[str, Any] = {"loop": "uvloop", "http": "httptools", "access_log": False, "log_level": "warning"}
    uvicorn.run("tests.load.rival_fastapi:app", port=port, workers=workers, **options)


if __name__ == "__main__":
    main()
