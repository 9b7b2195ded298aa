"""Generated files are committed as they are generated."""

from pathlib import Path

from deploy.generate import files, stale_files

ROOT = Path(__file__).parents[2]


def test_every_generated_file_is_current() -> None:
    assert stale_files(ROOT) == []


def test_a_stale_file_is_noticed(tmp_path: Path) -> None:
    for path, text in files(ROOT).items():
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(text)
    (tmp_path / "services/asyncapi.json").write_text("{}")
    assert stale_files(tmp_path) == [Path("services/asyncapi.json")]
