"""`deploy/example.env` names every setting with its default, and no other."""

import re
from pathlib import Path

import pytest
from dotenv import dotenv_values

from services import settings

EXAMPLE = Path(__file__).parents[2] / "deploy" / "example.env"


def test_the_example_holds_every_setting_with_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = re.findall(r'env\.\w+\("([A-Z_]+)"', Path(str(settings.__file__)).read_text())
    defaults = settings.read_settings()
    example = dotenv_values(EXAMPLE)
    assert sorted(example) == sorted(f"SANSAN_{name}" for name in asked)
    for name, text in example.items():
        monkeypatch.setenv(name, text or "")
    assert settings.read_settings() == defaults
