"""Onboarding from files, as an operator does it: directly in the directory's database, before anybody can log in."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from deploy import parts
from gateway.directory.blueprint import read_blueprint
from gateway.directory.facade import Directory
from gateway.directory.onboarding import Onboarded, onboard
from services.settings import Settings

_PIECE_BYTES = 65_536


def onboard_files(chosen: Settings, plan: Path, roll: Path | None) -> Onboarded:
    """Bring in the community of a YAML file and its roll. Errors: those of `gateway.directory.onboarding.onboard`."""
    return onboard_plan(chosen, plan.read_bytes(), pieces_of(roll) if roll else None)


def onboard_plan(chosen: Settings, plan: bytes, roll: Iterable[bytes] | None) -> Onboarded:
    """The same from a plan's text and a roll in pieces."""
    directory = Directory.open(chosen, parts.parameters())
    try:
        return onboard(directory, read_blueprint(plan), roll)
    finally:
        directory.close()


def pieces_of(file: Path) -> Iterator[bytes]:
    """A file piece by piece."""
    with file.open("rb") as opened:
        while piece := opened.read(_PIECE_BYTES):
            yield piece
