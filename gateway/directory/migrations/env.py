"""The migrations of this store."""

from gateway.directory.store import METADATA
from services.migrate import run_env

run_env(METADATA)
