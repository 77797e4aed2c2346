"""Documentation that is not tested rots, so: every setting, command, option and address is documented, and what the documents name exists.

Read next: `test_architecture.py`, which does the same for the house rules.
"""

import argparse
import ast
import re
from pathlib import Path

import pytest

import innboks
from innboks.api.routes import litestar_app
from innboks.cli import _parser
from innboks.sdk.registry import discover

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("innboks/channels/*/*.md")])
OPERATE = "\n".join(path.read_text() for path in sorted((ROOT / "docs" / "operate").glob("*.md")))
SETTINGS = (ROOT / "docs" / "operate" / "settings.md").read_text()
SETTING = re.compile(r"INNBOKS_[A-Z_]*[A-Z]|DATABASE_URL|BACKPLANE_URL|FILES_URL")
# Where a path written in a document may begin.
SHELVES = (ROOT, ROOT / "innboks", ROOT / "web", ROOT / "web" / "src", ROOT / "web" / "src" / "features")


def settings_of_the_code() -> set[str]:
    tree = ast.parse((ROOT / "innboks" / "config.py").read_text())
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SETTING.fullmatch(node.value)
    }


def commands() -> dict[str, argparse.ArgumentParser]:
    found: dict[str, argparse.ArgumentParser] = {}
    for action in _parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            found |= action.choices
    return found


def test_every_setting_is_documented() -> None:
    assert settings_of_the_code() - set(SETTING.findall(SETTINGS)) == set()


def test_every_documented_setting_exists() -> None:
    named = {name for path in DOCUMENTS for name in re.findall(rf"`({SETTING.pattern})`", path.read_text())}
    provider = re.compile(r"INNBOKS_[A-Z0-9_]+_(URL|CLIENT_ID|CLIENT_SECRET|TENANT)")
    assert {name for name in named - settings_of_the_code() if not provider.fullmatch(name)} == set()


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_command_is_documented(name: str) -> None:
    assert f"`innboks {name}" in OPERATE
    section = OPERATE.split(f"`innboks {name}", 1)[1].split("\n## ", 1)[0]
    options = [
        option for action in commands()[name]._actions for option in action.option_strings if option.startswith("--") and option != "--help"
    ]
    assert [option for option in options if f"`{option}" not in section] == []


def test_every_documented_command_exists() -> None:
    named = {(path.name, name) for path in DOCUMENTS for name in re.findall(r"\binnboks ([a-z][a-z-]+)\b(?=[^\n]*)", code_in(path))}
    assert {one for one in named if one[1] not in commands()} == set()


def test_examples_of_connecting_use_fields_that_exist() -> None:
    examples = [one for path in DOCUMENTS for one in re.findall(r"innboks connect ([a-z]\w*)((?:.*\\\n)*.*)", code_in(path))]
    registry = discover()
    wrong = {
        (kind, key)
        for kind, rest in examples
        for key in re.findall(r"\b([a-z_]+)=", rest)
        if key not in registry.get(kind).Config.__struct_fields__
    }
    assert examples
    assert wrong == set()


def test_every_address_is_documented() -> None:
    first = {"/" + route.path.split("/")[1] for route in litestar_app(None).routes}
    assert {address for address in first if f"`{address}" not in OPERATE} == set()


def test_every_documented_make_target_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {(path.name, name) for path in DOCUMENTS for name in re.findall(r"(?:^|`|\$ )make ([a-z][a-z-]+)", code_in(path), re.MULTILINE)}
    assert {one for one in named if one[1] not in targets} == set()


def test_the_version_has_its_changes() -> None:
    assert f"\n## {innboks.__version__}" in (ROOT / "CHANGELOG.md").read_text()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"```.*?```", "", path.read_text(), flags=re.DOTALL)):
        file, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        aim = (path.parent / file).resolve() if file else path
        if not aim.exists() or (anchor and anchor not in anchors(aim)):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_named_in_documents_exist(path: Path) -> None:
    named = re.findall(r"`([a-z_]+(?:/[\w.-]+)+/?)`", re.sub(r"```.*?```", "", path.read_text(), flags=re.DOTALL))
    tops = {"innboks", "web", "docs", "tests", "scripts", "api", "core", "channels", "sdk", "lib", "sandbox", "migrations"}
    mine = [name for name in named if name.split("/")[0] in tops]
    assert [name for name in mine if not any((shelf / name).exists() for shelf in (*SHELVES, path.parent))] == []


def code_in(path: Path) -> str:
    """What stands between backticks: the parts that a reader types or looks up."""
    text = path.read_text()
    blocks = re.findall(r"```[a-z]*\n(.*?)```", text, re.DOTALL)
    return "\n".join(blocks + [f"`{inline}" for inline in re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text)])


def anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}
