"""The migrations of this store."""

from services.migrate import run_env
from services.points.store import METADATA

run_env(METADATA)
