"""`sansan`, the one console command: run, migrate, onboard, audit, replay, demonstrate."""

import gc
import os
import sys
from pathlib import Path

import click

from deploy import parts
from services.errors import SansanError
from services.settings import settings, use_broker

GARBAGE_THRESHOLD = 10_000  # new objects between two looks for cycles, of which a batch leaves few; 700 cost up to 5 %


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """三三成事: residents raise, decide and carry out their community's matters."""


@main.command()
@click.argument("name", type=click.Choice(parts.PROCESSES))
def run(name: str) -> None:
    """Run one process until it is told to stop."""
    gc.set_threshold(GARBAGE_THRESHOLD)
    use_broker(broker_url())
    if name == "web":
        from gateway.serve import serve

        serve(parts.parameters())
        return
    if name != "edge":  # which alone asks for other names than the broker's and the database's: the others save 8 MB
        os.environ.setdefault("EVENTLET_NO_GREENDNS", "yes")
    from deploy.topology import declare_on
    from services import process

    sys.exit(process.run(parts.named(parts.SERVICES[name]), declare_on))


@main.command()
def up() -> None:
    """Run all processes: broker found or started, databases migrated, what crashes is started again; Ctrl-C stops."""
    from deploy.local import await_signal
    from deploy.system import running_system

    with running_system(settings()) as system:
        if system.clock:
            click.echo(f"the clocks are ahead as {system.clock} says: this data was in a rehearsal (make demo)")
        click.echo(f"sansan answers on {system.address} (docs: {system.address}/v1/docs); Ctrl-C stops it")
        await_signal()


@main.command()
def migrate() -> None:
    """Bring every database to the newest schema, creating it if need be, and declare every queue."""
    from deploy.topology import declare_topology
    from services.migrate import upgrade

    for service in parts.STORES:
        upgrade(settings().database(service), parts.migrations_of(service))
        click.echo(f"{service}: {settings().database(service).render_as_string(hide_password=True)}")
    declare_topology(broker_url())
    click.echo("every queue is declared")


@main.command()
@click.option("--once", is_flag=True, help="End by itself; exit status 0 only if everything held.")
@click.option("--fresh", is_flag=True, help="Forget what an earlier demo left.")
def demo(once: bool, fresh: bool) -> None:
    """Live a working day and a whole project of Caochang Community over the public HTTP API."""
    from deploy.demo.story import show

    sys.exit(show(settings(), once=once, fresh=fresh))


@main.command()
@click.argument("plan", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--roll", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The owners' roll as CSV.")
def onboard(plan: Path, roll: Path | None) -> None:
    """Bring in a community: its places, numbers and people from one YAML file, its roll from CSV."""
    from deploy.onboard import onboard_files

    try:
        onboarded = onboard_files(settings(), plan, roll)
    except SansanError as error:
        for detail in error.details:
            click.echo(f"{detail.get('member', detail.get('line', ''))}: {detail['en']} {detail['zh']}", err=True)
        raise click.ClickException(f"{error.reason.en} ({error.reason.zh})") from None
    click.echo(f"{onboarded.community_id}: {len(onboarded.members)} people, roll version {onboarded.roll_version}")
    for login, password in onboarded.passwords.items():
        click.echo(f"{login}: {password} (to be changed at the first log-in)")


@main.command()
def audit() -> None:
    """Prove that no event was altered, removed or put in between: walk the hash chain of every community."""
    from deploy.audit import audit_all

    faults = 0
    for service, found in audit_all(settings()):
        verdict = found.fault or "the chain holds"
        faults += bool(found.fault)
        click.echo(f"{service:10} {found.community_id:24} {found.rows:8} rows  {found.head[:16]}  {verdict}")
    sys.exit(1 if faults else 0)


@main.command("verify-draw")
@click.argument("file")
def verify_draw(file: str) -> None:
    """Check a draw as GET /draws/{id} gives it (FILE, or - for standard input): each step, or what is wrong (status 1)."""
    from services.experts.draw import main as check

    sys.exit(check(file))


@main.group()
def keys() -> None:
    """The keys that sign access tokens."""


@keys.command()
@click.option("--compromised", is_flag=True, help="Withdraw the old key at once: every access token ends.")
def rotate(compromised: bool) -> None:
    """Sign with a new key from now on; tokens signed with the old one stay valid until they expire."""
    from gateway.identity import Keys
    from services.clock import utc_now

    signing = Keys(settings().keys_directory, utc_now, settings().access_token_seconds)
    click.echo(signing.rotate(compromised=compromised))


@main.group("dead-letters")
def dead_letters() -> None:
    """Messages that nobody could handle."""


@dead_letters.command("list")
def list_letters() -> None:
    """One line each: place, id, type, queue, reason."""
    from services.dead_letters import dead_letters as read

    letters = read(broker_url())
    for letter in letters:
        click.echo(f"{letter.number:5} {letter.id:36} {letter.type:36} {letter.queue:24} {letter.reason[:120]}")
    click.echo(f"{len(letters)} dead letters")


@dead_letters.command("show")
@click.argument("wanted")
def show_letter(wanted: str) -> None:
    """One dead letter with its headers and its body, by id or place."""
    from services.dead_letters import dead_letters as read

    for letter in read(broker_url()):
        if wanted in (letter.id, str(letter.number)):
            for name, found in sorted(letter.headers.items()):
                click.echo(f"{name}: {found}")
            click.echo(letter.body.decode(errors="replace"))
            return
    raise click.ClickException(f"no dead letter {wanted}")


@dead_letters.command("replay")
@click.argument("wanted", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All of them.")
def replay_letters(wanted: tuple[str, ...], everything: bool) -> None:
    """Send some, by id or place, back to the queues they came from."""
    from services.dead_letters import replay

    if not wanted and not everything:
        raise click.UsageError("name some, or say --all")
    url = broker_url()
    sent = replay(url, lambda letter: everything or letter.id in wanted or str(letter.number) in wanted)
    for letter in sent:
        click.echo(f"{letter.id or letter.number} -> {letter.queue}")
    click.echo(f"{len(sent)} replayed")


def broker_url() -> str:
    """The broker that is named, or the one that answers on this machine."""
    from deploy.broker import find
    from deploy.prepare import private_broker_directory

    broker = find(settings().amqp_url, private_broker_directory(settings().data_directory))
    if broker is None:
        raise click.ClickException("no broker answers; name one in SANSAN_AMQP_URL or start one with `sansan up`")
    return broker.url


@main.command()
@click.option("--check", is_flag=True, help="Write nothing; fail if a generated file is stale.")
def generate(check: bool) -> None:
    """Write every generated file again: openapi.json, asyncapi.json, topology.json, README tables."""
    from deploy.generate import stale_files, write_files

    if not check:
        write_files(Path.cwd())
        return
    stale = stale_files(Path.cwd())
    for path in stale:
        click.echo(f"stale: {path} (run `make generate`)", err=True)
    sys.exit(1 if stale else 0)


if __name__ == "__main__":
    main()
