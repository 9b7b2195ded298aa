"""The migrations of this store."""

from services.experts.store import METADATA
from services.migrate import run_env

run_env(METADATA)
