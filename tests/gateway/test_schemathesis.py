"""Thousands of requests made up from `openapi.json`, good and bad: no 5xx, and no answer that the document does not describe."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.gateway.city import HERE, City, city_on

DOCUMENT = Path(__file__).parents[2] / "gateway" / "openapi.json"
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "unsupported_method",
    "ignored_auth",
)


def attack(city: City, who: str, directory: Path) -> "subprocess.Popen[str]":
    """Begin to send everything, as somebody; with a role here, to this community only, so that much is accepted."""
    directory.mkdir()
    arguments = [
        "--max-examples",
        "4",
        "--seed",
        "20220501",
        "--generation-database",
        "none",
        "--request-timeout",
        "30",
    ]
    if token := city.person(who).headers.get("authorization"):
        arguments += ["--header", f"Authorization: {token}"]
        (directory / "schemathesis.toml").write_text(f'parameters = {{ "path.community_id" = "{HERE}" }}\n')
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run", str(DOCUMENT), "--url", city.address, "--no-color"),
            *("--checks", ",".join(CHECKS), "--phases", "examples,coverage,fuzzing", "--continue-on-failure"),
            *("--suppress-health-check", "all", *arguments),
        ],
        cwd=directory,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.timeout(600)
def test_every_answer_is_one_that_the_document_describes(fresh_amqp_url: str, tmp_path: Path) -> None:
    with city_on(fresh_amqp_url, tmp_path / "city") as city:
        for running in [attack(city, who, tmp_path / who) for who in ("officer", "nobody")]:
            said, _ = running.communicate(timeout=500)
            assert running.returncode == 0, said[-20_000:]
            sent = re.search(r"(\d+) generated", said)
            assert sent is not None, said[-2000:]
            assert int(sent[1]) > 1000
