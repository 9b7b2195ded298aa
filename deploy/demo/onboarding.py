"""Caochang Community comes into the system: the plan, the roll that goes with it, and who can log in."""

from pathlib import Path

from rich.console import Console

from deploy import parts
from deploy.demo.roll import roll_csv
from gateway.directory.blueprint import Blueprint, read_blueprint
from gateway.directory.facade import Directory
from gateway.directory.onboarding import onboard as bring_in
from services.settings import Settings

COMMUNITY = "wuhan-caochang"
PLAN = Path(__file__).with_name("caochang.yaml")


def the_plan() -> Blueprint:
    """The plan of Caochang Community."""
    return read_blueprint(PLAN.read_bytes())


def onboard(chosen: Settings, console: Console) -> None:
    """Bring the community in, or what of it is missing, and say what is there."""
    plan = the_plan()
    estates = plan.estate_plans()
    buildings = [building for estate in estates for building in estate.buildings]
    entrances = [entrance for building in buildings for entrance in building.entrances]
    directory = Directory.open(chosen, parts.parameters())
    try:
        done = bring_in(directory, plan, roll_csv(plan))
    finally:
        directory.close()
    homes = sum(entrance.floors * entrance.homes_per_floor + len(entrance.homes) for entrance in entrances)
    console.print(
        f"onboarded: {plan.community.name}, {', '.join(estate.name for estate in estates)}: {len(buildings)} buildings, "
        f"{len(entrances)} entrances, {homes:,} homes; roll version {done.roll_version}; {len(done.members)} people\n"
    )
