"""The tree says what is where: services of one shape, a test file for each module, one reader of the environment."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("services", "gateway", "deploy")
SIX_FILES = ("contract", "policy", "model", "use_cases", "store", "service")
SERVICES = sorted(path.parent for path in ROOT.glob("services/*/__init__.py"))
MODULES = sorted(
    path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts
)

# What has no test file of its own, and why.
WITHOUT_MIRROR = {
    "**/__init__.py": "says in a sentence what is in the folder",
    "**/contract.py": "declarations: tests/contracts keeps their schemas",
    "**/service.py": "no decisions: tests/system runs them as processes",
    "gateway/edge.py": "no decisions: tests/system runs it as a process",
    "deploy/cli.py": "tests/system/test_command_line.py types its commands",
    "deploy/audit.py": "tests/system/test_command_line.py audits",
    "deploy/system.py": "tests/system/test_the_bike_sheds.py runs it",
    "deploy/onboard.py": "tests/system/test_command_line.py onboards files",
    "deploy/demo/cast.py": "tests/system: the people of the stories",
    "deploy/demo/day.py": "tests/system/test_a_working_day.py lives it",
    "deploy/demo/scene.py": "tests/system/test_a_working_day.py: what its chapters share",
    "deploy/demo/morning.py": "tests/system/test_a_working_day.py lives it",
    "deploy/demo/listener.py": "tests/system/test_a_working_day.py hears by it",
    "deploy/demo/reporting.py": "tests/system/test_a_working_day.py lives it",
    "deploy/demo/huddles.py": "tests/system/test_a_working_day.py lives it",
    "deploy/demo/desk.py": "tests/system/test_a_working_day.py lives it",
    "deploy/demo/evening.py": "tests/system/test_a_working_day.py lives it",
    "deploy/demo/reckoning.py": "tests/system/test_a_working_day.py counts by it",
    "deploy/demo/story.py": "tests/system/test_the_bike_sheds.py tells it",
    "deploy/demo/narrator.py": "tests/system/test_the_bike_sheds.py tells by it",
    "deploy/demo/deciding.py": "tests/system/test_the_bike_sheds.py tells it",
    "deploy/demo/building.py": "tests/system/test_the_bike_sheds.py tells it",
    "deploy/demo/rewarding.py": "tests/system/test_the_bike_sheds.py tells it",
    "deploy/demo/person.py": "tests/system/test_the_bike_sheds.py: the people of the story",
    "gateway/postgres.py": "tests/gateway/test_reader.py reads both databases",
    "gateway/sqlite.py": "tests/gateway/test_reader.py reads both databases",
    "gateway/cursor.py": "tests/gateway/test_views.py follows it",
    "gateway/queries.py": "tests/gateway/test_views.py asks them",
    "gateway/districts.py": "tests/gateway/test_sight.py: what a district's admin sees",
    "gateway/told.py": "tests/gateway/test_views.py and test_feed.py write by it",
    "gateway/happening.py": "tests/gateway/test_feed.py reads them",
    "gateway/stretch.py": "tests/gateway/test_feed.py reads through it",
    "gateway/webhooks/progress.py": "tests/property_company/test_company.py asks for it",
}
# Names that would tie the project to one place: put together here, so that this file does not name them either.
TELL_TALES = [
    "".join(parts)
    for parts in (
        ("python", "hosted"), ("pypi", r"\.org"), ("npm", "js"), ("ghcr", r"\.io"), ("quay", r"\.io"),
        ("registry", r"[-.\w]*\.(io|org|com|net)\b"), ("deb", r"\.debian"), (r"--(extra-)?index", "-url"),
        (r"(?<![\w.$}])/(work|root", r"|home)/"),
    )
]  # fmt: skip
TEXT = {
    ".py",
    ".md",
    ".toml",
    ".lock",
    ".yaml",
    ".yml",
    ".json",
    ".env",
    ".ini",
    ".html",
    ".js",
    ".css",
    ".conf",
    ".sh",
    ".csv",
}


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.name)
def test_every_service_has_the_same_six_files(service: Path) -> None:
    assert [name for name in SIX_FILES if not (service / f"{name}.py").is_file()] == []
    assert list((service / "migrations" / "versions").glob("*.py"))


def test_the_directory_is_built_like_a_service_that_is_called_in_process() -> None:
    directory = ROOT / "gateway" / "directory"
    assert [name for name in SIX_FILES[:-1] if not (directory / f"{name}.py").is_file()] == []
    assert not (directory / "service.py").exists()
    assert list((directory / "migrations" / "versions").glob("*.py"))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_module_has_its_test_file(module: Path) -> None:
    if any(module.match(pattern) for pattern in WITHOUT_MIRROR):
        return
    assert mirror(module).is_file()


def test_every_exception_is_still_needed() -> None:
    unused = [pattern for pattern in WITHOUT_MIRROR if not any(module.match(pattern) for module in MODULES)]
    assert unused == []


def test_every_service_is_under_the_import_contracts() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    names = {f"services.{service.name}" for service in SERVICES}
    by_id = {contract["id"]: contract for contract in contracts}
    assert names <= set(by_id["inside"]["containers"])
    assert names == set(by_id["independent"]["modules"])


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_only_the_settings_read_the_environment(module: Path) -> None:
    if module != ROOT / "services" / "settings.py":
        assert list(environment_reads(ast.parse(module.read_text()))) == []


def test_reading_the_environment_is_noticed() -> None:
    for code in (
        "os.environ['A']",
        "os.environ.get('A')",
        "os.getenv('A')",
        "import environs",
        "from os import environ",
    ):
        assert list(environment_reads(ast.parse(code))) == [1], code
    for code in ("os.environ.setdefault('A', 'b')", "os.environ['A'] = 'b'", "import os"):
        assert list(environment_reads(ast.parse(code))) == [], code


def test_no_text_ties_the_project_to_one_place() -> None:
    pattern = re.compile("|".join(TELL_TALES))
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in texts()
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []


def mirror(module: Path) -> Path:
    """The test file of a module: `services/x.py` is mirrored under `tests/shared`, `services/issues` under `tests/issues`."""
    folder = module.parent.relative_to(ROOT)
    if folder.parts[0] == "services":
        folder = Path(*(folder.parts[1:] or ("shared",)))
    return ROOT / "tests" / folder / f"test_{module.name}"


def environment_reads(tree: ast.AST) -> Iterator[int]:
    """The lines that read the environment; setting a variable for a library is no reading."""
    written = {
        id(inner)
        for node in ast.walk(tree)
        if (isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del))
        or (isinstance(node, ast.Attribute) and node.attr == "setdefault")
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv"):
            if id(node) not in written and isinstance(node.value, ast.Name) and node.value.id == "os":
                yield node.lineno
        elif isinstance(node, ast.Import) and any(alias.name.split(".")[0] == "environs" for alias in node.names):
            yield node.lineno
        elif isinstance(node, ast.ImportFrom):
            names = {alias.name for alias in node.names}
            if node.module == "environs" or (node.module == "os" and names & {"environ", "environb", "getenv"}):
                yield node.lineno


def texts() -> Iterator[Path]:
    """Every text file of the project, generated and locked ones too."""
    for path in ROOT.iterdir():
        if path.is_file() and (path.suffix in TEXT or path.name in ("Makefile", "LICENSE")):
            yield path
    for folder in (*PACKAGES, "tests", ".ci"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and (path.suffix in TEXT or path.name in ("run", "Dockerfile")):
                yield path


def test_no_test_patches_its_own_process() -> None:
    patching = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "tests").rglob("*.py")
        if re.search(
            r"^(from services\.process |import services\.process|from services import process)", path.read_text(), re.M
        )
    ]
    assert patching == [], "services.process patches the standard library: start it as a process of its own"
