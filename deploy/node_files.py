"""What a private RabbitMQ node reads and leaves in its own folder: configuration, environment, secret, a note of who runs it."""

import json
import os
import secrets
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from deploy.machine import search_path

DISK_FREE_BYTES = 50_000_000
_CONFIGURATION = """\
listeners.tcp.local = 127.0.0.1:{port}
loopback_users.guest = true
vm_memory_high_watermark.absolute = {memory_mb}MiB
disk_free_limit.absolute = {disk_free_bytes}
raft.wal_max_size_bytes = 67108864
log.console = false
log.file = node.log
log.file.level = info
"""


@dataclass(frozen=True)
class Note:
    """A node that was started: its ports, its processes, the program that owns it, and the mark on its command line."""

    port: int
    epmd_port: int
    distribution_port: int
    mark: str
    pid: int = 0
    owner: int = 0

    @property
    def node_runs(self) -> bool:
        """Whether the process is still this node, and not a later one that got its number."""
        if not _is_alive(self.pid):
            return False
        command = Path(f"/proc/{self.pid}/cmdline")
        if Path("/proc/self").exists():
            return command.exists() and self.mark.encode() in command.read_bytes()
        listed = subprocess.run(
            ["ps", "-ww", "-o", "command=", "-p", str(self.pid)], capture_output=True, text=True, check=False
        )
        return self.mark in listed.stdout

    @property
    def owner_runs(self) -> bool:
        """Whether the program that started the node is there to end it."""
        return _is_alive(self.owner)

    def write(self, directory: Path) -> None:
        """Leave the note for others."""
        (directory / "node.json").write_text(json.dumps(asdict(self)))

    @classmethod
    def read(cls, directory: Path) -> Self | None:
        """The last note, whether its node still runs or not."""
        try:
            return cls(**json.loads((directory / "node.json").read_text()))
        except (OSError, ValueError, TypeError):
            return None


def write_configuration(directory: Path, port: int, memory_mb: int) -> None:
    """Write what a node reads when it starts; its secret is made once."""
    for folder in ("home", "data", "log", "generated"):
        (directory / folder).mkdir(parents=True, exist_ok=True)
    text = _CONFIGURATION.format(port=port, memory_mb=memory_mb, disk_free_bytes=DISK_FREE_BYTES)
    (directory / "rabbitmq.conf").write_text(text)
    (directory / "environment.conf").write_text("")
    (directory / "plugins").write_text("[].\n")
    cookie = directory / "home" / ".erlang.cookie"
    if not cookie.exists():
        cookie.touch(mode=0o600)
        cookie.write_text(secrets.token_hex(20))
        cookie.chmod(0o400)


def environment(directory: Path, note: Note) -> dict[str, str]:
    """Everything that RabbitMQ's scripts need and nothing of the caller's, so that no other node's settings leak in."""
    return {
        "PATH": search_path(),
        "HOME": str(directory / "home"),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "ERL_EPMD_PORT": str(note.epmd_port),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_CRASH_DUMP_SECONDS": "0",
        "RUNNING_UNDER_SYSTEMD": "true",  # the script then becomes the node itself: one process, one id
        "RABBITMQ_NODENAME": "sansan@localhost",
        "RABBITMQ_DIST_PORT": str(note.distribution_port),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        "RABBITMQ_CONF_ENV_FILE": str(directory / "environment.conf"),
        "RABBITMQ_CONFIG_FILE": str(directory / "rabbitmq.conf"),
        "RABBITMQ_ADVANCED_CONFIG_FILE": str(directory / "advanced.config"),
        "RABBITMQ_GENERATED_CONFIG_DIR": str(directory / "generated"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(directory / "plugins"),
        "RABBITMQ_MNESIA_BASE": str(directory / "data"),
        "RABBITMQ_LOG_BASE": str(directory / "log"),
        "RABBITMQ_PID_FILE": str(directory / "pid"),
    }


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
