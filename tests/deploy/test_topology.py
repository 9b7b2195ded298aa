"""What is published before anybody runs is heard later."""

import subprocess
import sys

from deploy import parts
from deploy.topology import declare_topology
from services import broker
from services.broker import Link, Outgoing, Publisher


def test_an_event_that_is_published_before_the_first_start_waits_for_everybody_it_concerns(fresh_amqp_url: str) -> None:
    declare_topology(fresh_amqp_url)
    declare_topology(fresh_amqp_url)
    publisher = Publisher(fresh_amqp_url, confirms=True)
    publisher.send([Outgoing("directory.events", "wuhan-caochang.community.onboarded", b"{}", {})])
    publisher.close()
    link = Link(fresh_amqp_url)
    waiting = {name: broker.queue_depth(link.channel, f"{name}.on.directory") for name in parts.SERVICES}
    link.close()
    assert waiting == dict.fromkeys(parts.SERVICES, 1)


def test_a_process_loads_no_other_service_to_declare_its_queues() -> None:
    program = "import sys, deploy.topology; deploy.topology.heard(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert not {path.partition(":")[0] for path in parts.SERVICES.values()} & set(loaded)
