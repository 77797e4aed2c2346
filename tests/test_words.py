"""Everything that people read of the server stands in the catalogues of the app, so that nobody who reads Norwegian meets an English sentence.

The server and the channels speak English, and the app says it in the reader's words (`web/src/ui/serverWords.ts`): those of the server from
`web/src/ui/server.<language>.json`, those of a channel from `words.<language>.json` in its own folder. So this reads the code: every text that
is a sentence, whatever an error is raised with, and every word of every form. What operators read stays English: the command line, the logs,
the description of the API. Read next: `test_architecture.py`.
"""

import ast
import builtins
import json
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from innboks import errors
from innboks.sdk.contract import Channel
from innboks.sdk.registry import discover

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "innboks"
CHANNELS = PACKAGE / "channels"
CATALOGUES = {path.name.split(".")[1]: json.loads(path.read_text()) for path in sorted((ROOT / "web/src/ui").glob("server.*.json"))}
REGISTRY = discover([ROOT / "tests" / "channel_folders"])

FOR_APP = [PACKAGE / folder for folder in ("api", "core", "sdk", "lib")]
# What only operators and developers read, and what speaks several languages by itself (words.py).
ELSEWHERE = re.compile(
    r"(/words|/store\w*|api/health|api/schema|accounts/flags|lib/(?:crypto|dump|embedded_postgres|lock|migrate)|sdk/testing|sdk/stand_in)\.py$"
)

ERRORS = {name for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, errors.InnboksError)}
BUGS = {name for name, one in vars(builtins).items() if isinstance(one, type) and issubclass(one, Exception)}
LOGS = {"debug", "info", "warning", "error", "exception"}
METRICS = {"Counter", "Gauge", "Histogram"}
SHOWN_BY_NAME = {"sentence", "reason", "action", "label", "note", "problem"}
WORD = re.compile(r"[^\W\d_]{2}")
CODE = re.compile(r"\W*[a-z_]*\W*")
FOR_THE_SCHEMA = {"summary", "description", "title"}
SENTENCE = re.compile(r"[“„A-Za-z{0-9].* .*[.!?]”?", re.DOTALL)
# Whose texts are put together to sentences: what is wrong with a value (`api/problems.py`).
IN_PIECES = {"_wish", "_TYPE_WORDS"}


def texts_of(node: ast.expr) -> list[str]:
    """Every text that this expression can be. "{…}" stands for what is filled in, here and in a text for `format`."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr(values=values):
            return ["".join(parts) for parts in product(*map(texts_of, values))]
        case ast.FormattedValue(value=ast.Constant() | ast.IfExp() | ast.JoinedStr() as inner):
            return texts_of(inner)
        case ast.IfExp(body=body, orelse=otherwise):
            return texts_of(body) + texts_of(otherwise)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return ["".join(parts) for parts in product(texts_of(left), texts_of(right))]
    return ["{…}"]


def numbered(text: str) -> str:
    """As catalogues write it: the first thing that is filled in is {0}."""
    count = iter(range(100))
    return re.sub(r"(?<!\{)\{[\w…]+\}(?!\})", lambda _: f"{{{next(count)}}}", text)


def said(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, text) of what is for people to read. What is no sentence counts where it surely is: in an error, under a name that is shown."""

    def look(node: ast.AST, is_shown: bool) -> Iterator[tuple[int, str]]:
        match node:
            case ast.Expr(value=ast.Constant() | ast.JoinedStr()):
                return  # a docstring
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in LOGS | METRICS | BUGS - ERRORS:
                return
            case ast.Call(func=ast.Name(id=name), args=[first, *_]) if name in ERRORS:
                yield from look(first, True)
                for keyword in node.keywords:
                    yield from look(keyword, False)
                return
            case ast.keyword(arg=name):
                if name not in FOR_THE_SCHEMA:
                    yield from look(node.value, name in SHOWN_BY_NAME)
                return
            case ast.FunctionDef(name=name) | ast.Assign(targets=[ast.Name(id=name)]) if name in IN_PIECES:
                is_shown = True
            case ast.Compare() | ast.Subscript() if is_shown:
                return
            case ast.Dict(values=values):
                for inner in values:
                    yield from look(inner, is_shown)
                return
            case ast.Call(func=func, args=args) if is_shown:  # what a method is given is no text, but what it is called on may be
                for part in args if isinstance(func, ast.Name) else [func]:
                    yield from look(part, part is func)
                return
            case ast.Constant(value=str()) | ast.JoinedStr() | ast.IfExp() | ast.BinOp():
                for text in map(numbered, texts_of(node)):
                    is_text = is_shown and WORD.search(text) and not CODE.fullmatch(text)
                    if is_text or SENTENCE.fullmatch(text):
                        yield node.lineno, text
                if isinstance(node, ast.IfExp):
                    yield from look(node.test, False)
                return
        for child in ast.iter_child_nodes(node):
            yield from look(child, is_shown)

    yield from look(tree, False)


def lacking(files: list[Path], words: dict[str, str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{line}: {text!r}"
        for path in files
        if not ELSEWHERE.search(str(path))
        for line, text in said(ast.parse(path.read_text(encoding="utf-8")))
        if text not in words
    ]


@pytest.mark.parametrize("language", CATALOGUES)
def test_what_the_server_says_is_in_the_catalogue(language: str) -> None:
    files = [path for folder in FOR_APP for path in sorted(folder.rglob("*.py"))]
    assert lacking(files, CATALOGUES[language]) == [], f"Say these in web/src/ui/server.{language}.json."


@pytest.mark.parametrize("channel", list(REGISTRY), ids=lambda channel: channel.kind)
def test_what_a_channel_says_is_in_its_folder(channel: Channel) -> None:
    """In every language of the app for the channels that come along; another one may bring the languages it likes."""
    about, folder = REGISTRY.describe(channel, {}), REGISTRY.folder(channel.kind)
    assert set(about["words"]) == set(about["guides"])
    if folder.parent == CHANNELS:
        assert set(about["words"]) == set(CATALOGUES), "Put guide.<language>.md and words.<language>.json into the folder."
    texts = [about["name"], about["tagline"], *(one[name] for one in about["sign_ins"] for name in ("label", "terms", "problem"))]
    for struct in about["config_schema"]["$defs"].values():
        for field in struct.get("properties", {}).values():
            texts += [field.get("title"), field.get("description"), *field.get("x-labels", {}).values(), *field.get("x-cards", {}).values()]
    for language, words in about["words"].items():
        known = words | CATALOGUES.get(language, {})
        patterns = [re.compile(re.sub(r"\\\{\d\\\}", "(?s:.+)", re.escape(text))) for text in known if "{" in text]
        assert [text for text in texts if text and text not in known and not any(one.fullmatch(text) for one in patterns)] == []
        assert lacking(sorted(folder.rglob("*.py")), known) == [], f"Say these in {folder.name}/words.{language}.json."


def test_the_reading_of_the_code_finds_what_people_read() -> None:
    code = '''
        """A module has a docstring."""
        LIMIT = "At most {most} of them can be kept."
        def ask(name, count, log):
            log.info("Nobody reads this sentence.")
            if name == "Not a text for people.":
                raise ValueError("This is a bug of ours.")
            if not count:
                raise Invalid("Nothing here", field="This is a name.")
            reason = f"{count} {'file' if count == 1 else 'files'} of “{name}”" + " came too late."
            return Health(state="broken", action="Reconnect", description="This is for the schema.")
    '''
    tree = ast.parse(code.replace("\n        ", "\n"))
    assert [text for _, text in said(tree)] == [
        "At most {0} of them can be kept.",
        "Not a text for people.",
        "Nothing here",
        "This is a name.",
        "{0} file of “{1}” came too late.",
        "{0} files of “{1}” came too late.",
        "Reconnect",
    ]
