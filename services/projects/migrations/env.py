"""The migrations of this store."""

from services.migrate import run_env
from services.projects.store import METADATA

run_env(METADATA)
