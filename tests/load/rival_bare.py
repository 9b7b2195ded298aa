"""The bare "ok": a Starlette route that answers a constant, under the same uvicorn: what the front alone costs."""

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


async def ok(request: Request) -> Response:
    """Always the same."""
    return Response(b'{"status":"ok"}', media_type="application/json")


app = Starlette(routes=[Route("/ok", ok)])


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), loop="uvloop", http="httptools", access_log=False, log_level="warning")
