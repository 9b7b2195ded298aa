"""`python -m tests.property_company CONFIG.json`: run it until Ctrl-C."""

import json
import signal
import sys
import threading
from pathlib import Path

from tests.property_company.company import Config, PropertyCompany


def main() -> None:
    """Read the configuration, run, stop in order."""
    told = json.loads(Path(sys.argv[1]).read_text())
    company = PropertyCompany(Config(**{**told, "books": Path(told["books"])}))
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    company.start()
    print(f"property company: {company.url}", flush=True)
    ended.wait()
    company.stop()


if __name__ == "__main__":
    main()
