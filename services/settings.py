"""Every setting comes from the environment, is read here and nowhere else, and has a default that works on one machine."""

import os
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from environs import Env
from sqlalchemy.engine import URL, make_url


@dataclass(frozen=True)
class Settings:
    """What an operator may set; `deploy/example.env` lists the same names with their defaults."""

    database_url: str
    amqp_url: str
    rabbitmq_image: str
    data_directory: Path
    http_host: str
    http_port: int
    probe_host: str
    probe_port: int
    public_url: str
    cors_origins: tuple[str, ...]
    log_level: str
    command_timeout_seconds: float
    batch_size: int
    rate_per_second: float
    rate_burst: int
    body_limit_bytes: int
    photo_store: str
    photo_limit_bytes: int
    video_limit_bytes: int
    access_token_seconds: int
    refresh_token_days: int
    feed_days: int
    webhook_networks: tuple[str, ...]
    notice_days: int
    notice_email: str
    notice_sms: str
    notice_web: bool
    clock_file: Path | None

    def database(self, service: str) -> URL:
        """The database of one service: `{service}` in the URL is replaced, else `_service` is added to its name.

        A relative SQLite path lies below the data directory.
        """
        template = self.database_url or f"sqlite:///{self.data_directory / 'data' / '{service}.db'}"
        if "{service}" in template:
            url = make_url(template.replace("{service}", service))
        else:
            url = make_url(template)
            name = (url.database or "sansan").removesuffix(".db")
            url = url.set(database=f"{name}_{service}" + (".db" if url.drivername.startswith("sqlite") else ""))
        return url.set(drivername="postgresql+psycopg") if url.drivername in ("postgresql", "postgres") else url

    @property
    def keys_directory(self) -> Path:
        """Where the signing keys and their public set lie."""
        return self.data_directory / "keys"

    @property
    def photo_place(self) -> str:
        """Where photos and videos lie: a directory, or the URL of an object store."""
        return self.photo_store or str(self.data_directory / "photos")


def read_settings() -> Settings:
    """The settings as the environment has them now. Errors: `EnvError` naming the variable and what is wrong with it."""
    env = Env(prefix="SANSAN_")
    return Settings(
        database_url=env.str("DATABASE_URL", ""),
        amqp_url=env.str("AMQP_URL", ""),
        rabbitmq_image=env.str("RABBITMQ_IMAGE", "rabbitmq:4-alpine"),
        data_directory=Path(env.str("DATA_DIRECTORY", "var")).absolute(),
        http_host=env.str("HTTP_HOST", "127.0.0.1"),
        http_port=env.int("HTTP_PORT", 8600),
        probe_host=env.str("PROBE_HOST", "127.0.0.1"),
        probe_port=env.int("PROBE_PORT", 0),
        public_url=env.str("PUBLIC_URL", ""),
        cors_origins=tuple(env.list("CORS_ORIGINS", [])),
        log_level=env.str("LOG_LEVEL", "INFO"),
        command_timeout_seconds=env.float("COMMAND_TIMEOUT_SECONDS", 5.0),
        batch_size=env.int("BATCH_SIZE", 100),
        rate_per_second=env.float("RATE_PER_SECOND", 20.0),
        rate_burst=env.int("RATE_BURST", 60),
        body_limit_bytes=env.int("BODY_LIMIT_BYTES", 256_000),
        photo_store=env.str("PHOTO_STORE", ""),
        photo_limit_bytes=env.int("PHOTO_LIMIT_BYTES", 12_000_000),
        video_limit_bytes=env.int("VIDEO_LIMIT_BYTES", 30_000_000),
        access_token_seconds=env.int("ACCESS_TOKEN_SECONDS", 600),
        refresh_token_days=env.int("REFRESH_TOKEN_DAYS", 30),
        feed_days=env.int("FEED_DAYS", 90),
        webhook_networks=tuple(env.list("WEBHOOK_NETWORKS", [])),
        notice_days=env.int("NOTICE_DAYS", 180),
        notice_email=env.str("NOTICE_EMAIL", ""),
        notice_sms=env.str("NOTICE_SMS", ""),
        notice_web=env.bool("NOTICE_WEB", True),
        clock_file=Path(file) if (file := env.str("CLOCK_FILE", "")) else None,
    )


def child_environment(**changed: str) -> dict[str, str]:
    """The environment for a process that this one starts: its own, with some `SANSAN_` settings changed."""
    return {**os.environ, **{f"SANSAN_{name}": text for name, text in changed.items()}}


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once, with the broker that `use_broker` named."""
    return replace(read_settings(), **_changed)  # type: ignore[arg-type]


def use_broker(url: str) -> None:
    """Have this process use the broker that was found for it, where the environment names none."""
    _changed["amqp_url"] = url
    settings.cache_clear()


_changed: dict[str, str] = {}
