"""The rules of the house that no other tool checks, each with the sentence that says what to do instead.

Why it exists: rules without a tool decay. Which module may import which stands in pyproject.toml (import-linter); here stand the size of
files, where SQL may be, names, and the one that matters most: that no file outside a channel's own folder names the channel.
ARCHITECTURE.md explains them. Read next: `test_docs.py`, which does the same for the documentation.

What counts as naming a channel kind. Kinds are the folder names in `innboks/channels/`. A word such as "email" is also an ordinary noun
(a field of a form, a kind of address), so only these count:

- Python: an import of the channel's folder, or a string with its dotted name; a comparison or `match` of something called `kind`
  (`x.kind == "email"`, `kind in ("email", …)`, `row["kind"]`); `kind="email"` as an argument, an assignment or a default;
  `{"kind": "email"}`; SQL with `kind = 'email'`.
- TypeScript: the same: an import whose path goes through the channel's folder, `kind === "email"`, `case "email"`, `kind: "email"`,
  `kind="email"`.

A channel's own folders are `innboks/channels/<kind>/`, its stand-in `innboks/sandbox/<kind>/`, its panels
`web/src/features/channels/<kind>/`, and its tests. Tests as a whole are left out, because a test may connect a channel as a person would.
"""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "innboks"
PYTHON_LIMIT = 500
TYPESCRIPT_LIMIT = 300
FOR_MACHINES = re.compile(r"(/generated/|\.gen\.|\.d\.ts$|/locales/|/messages/)")
KINDS = sorted(folder.name for folder in (PACKAGE / "channels").iterdir() if (folder / "__init__.py").exists())

FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "manager", "handler", "handlers", "base", "common", "misc"}
FORBIDDEN_PARTS = re.compile(r"^_*process_|(Manager|Handler|Helper|Helpers|Utils|Service|Impl)$|^(Base|Abstract)[A-Z]|^Base$")

SQL = re.compile(
    r"\s*(with\s+\w+.*\bas\b|select\s+\S|insert\s+into\s|update\s+[\w.\"?]+\s+set\s|delete\s+from\s|lock\s+table\s|copy\s+[\w.(]|listen\s"
    r"|notify\s|vacuum\b|(create|alter|drop)\s+(table|index|unique|function|role|database|trigger|type|schema|sequence)\s|truncate\s)",
    re.IGNORECASE | re.DOTALL,
)
SQL_LIVES_IN = re.compile(r"(/store\.py|/store_\w+\.py|/migrations/.*)$")
# Plumbing, with no table of ours: connections, the migrator, the bundled server, the copy of a whole database, the queue's own tables.
SQL_PLUMBING = {"lib/backplane.py", "lib/db.py", "lib/dump.py", "lib/embedded_postgres.py", "lib/migrate.py"}


def tracked(*patterns: str) -> list[Path]:
    """Files of the project: tracked, or new and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns], cwd=ROOT, capture_output=True, check=True
    ).stdout.decode()
    return sorted(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())


def product_python() -> list[Path]:
    return tracked("innboks/**/*.py", "innboks/*.py")


def product_typescript() -> list[Path]:
    return [
        path
        for path in tracked("web/*.ts", "web/**/*.ts", "web/**/*.tsx", "widget/**/*.ts", "widget/**/*.tsx")
        if not FOR_MACHINES.search(f"/{path.relative_to(ROOT)}")
    ]


def shown(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def report(rule: str, found: list[str]) -> None:
    assert not found, f"{rule}\n  " + "\n  ".join(found)


# ── size ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_no_file_grows_past_what_one_can_keep_in_mind() -> None:
    python = [(path, PYTHON_LIMIT) for path in tracked("*.py")]
    typescript = [(path, TYPESCRIPT_LIMIT) for path in product_typescript()]
    sizes = [(len(path.read_text().splitlines()), limit, path) for path, limit in python + typescript]
    report(
        f"Python files have at most {PYTHON_LIMIT} lines, TypeScript files {TYPESCRIPT_LIMIT}. Split by use case.",
        [f"{path.relative_to(ROOT)}: {lines} of {limit}" for lines, limit, path in sizes if lines > limit],
    )


# ── SQL ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_sql_stands_in_store_files_only() -> None:
    found = [
        f"{shown(path, line)}: {' '.join(text.split())[:60]}"
        for path in product_python()
        if not SQL_LIVES_IN.search(f"/{path.relative_to(PACKAGE)}") and str(path.relative_to(PACKAGE)) not in SQL_PLUMBING
        for text, line in strings(ast.parse(path.read_text()))
        if is_sql(text)
    ]
    report("SQL stands in the noun's store.py, so that one file shows what a noun asks of the database.", found)


def is_sql(text: str) -> bool:
    """Statements are written in lower or upper case; a sentence for people starts with one capital letter."""
    return bool(SQL.match(text)) and not text.split()[0].istitle()


@pytest.mark.parametrize(
    "text", ["select 1", "  SELECT id\nfrom x", "insert into message (id) values (1)", "with a as (select 1) select 2"]
)
def test_the_sql_rule_sees_sql(text: str) -> None:
    assert is_sql(text)


@pytest.mark.parametrize(
    "text",
    ["Select a mailbox first.", "Update the password.", "With an app password it works.", "create a conversation", "drop a file here"],
)
def test_the_sql_rule_lets_sentences_be(text: str) -> None:
    assert not is_sql(text)


def strings(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every string of the code with its line, f-strings as one; docstrings left out."""
    prose = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "?" for part in node.values), node.lineno
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose | inside:
            yield str(node.value), node.lineno


# ── channels ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def own_folders(kind: str) -> tuple[str, ...]:
    return (f"innboks/channels/{kind}/", f"innboks/sandbox/{kind}/", f"web/src/features/channels/{kind}/", f"widget/{kind}/")


def test_no_python_file_names_a_channel_outside_its_folder() -> None:
    found = [
        f"{shown(path, line)}: {what}"
        for path in product_python()
        for kind in KINDS
        if not str(path.relative_to(ROOT)).startswith(own_folders(kind))
        for line, what in kinds_named(path.read_text(), kind)
    ]
    report("A channel is one folder: ask what it can do (abilities, registry), never what it is called.", found)


def test_no_typescript_file_names_a_channel_outside_its_folder() -> None:
    found = [
        f"{shown(path, line)}: {what}"
        for path in product_typescript()
        for kind in KINDS
        if not str(path.relative_to(ROOT)).startswith((*own_folders(kind), "web/e2e/")) and ".test." not in path.name
        for line, what in kinds_named_in_typescript(path.read_text(), kind)
    ]
    report("The server describes a channel (GET /api/channels); the web app never names one.", found)


def kinds_named(source: str, kind: str) -> Iterator[tuple[int, str]]:
    """(line, what stands there) for every place of a Python file that names the kind, as the module's docstring defines it."""
    dotted = re.compile(rf"\bchannels[./]{re.escape(kind)}\b")
    in_sql = re.compile(rf"\bkind\s*(=|<>|!=)\s*'{re.escape(kind)}'|\bkind\s+in\s*\([^)]*'{re.escape(kind)}'", re.IGNORECASE)
    tree = ast.parse(source)
    for text, line in strings(tree):
        if dotted.search(text) or in_sql.search(text):
            yield line, text[:80]
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                named = any(dotted.search(alias.name) for alias in names)
            case ast.ImportFrom(module=module, names=names):
                named = bool(dotted.search(module or "")) or ((module or "").endswith("channels") and any(a.name == kind for a in names))
            case ast.Compare(left=left, comparators=others):
                sides = [left, *others]
                named = any(is_kind(side) for side in sides) and any(holds(side, kind) for side in sides)
            case ast.Match(subject=subject, cases=cases):
                named = is_kind(subject) and any(holds(case.pattern, kind) for case in cases)
            case ast.Call(keywords=keywords):
                named = any(keyword.arg == "kind" and holds(keyword.value, kind) for keyword in keywords)
            case ast.Dict(keys=keys, values=values):
                named = any(key is not None and says(key, "kind") and holds(value, kind) for key, value in zip(keys, values, strict=True))
            case ast.Assign(targets=targets, value=value):
                named = any(is_kind(target) for target in targets) and holds(value, kind)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                named = is_kind(target) and holds(value, kind)
            case ast.arguments(posonlyargs=first, args=second, defaults=defaults, kwonlyargs=only, kw_defaults=only_defaults):
                plain = [*first, *second][-len(defaults) :] if defaults else []
                pairs = [*zip(plain, defaults, strict=True), *zip(only, only_defaults, strict=True)]
                named = any(default is not None and arg.arg == "kind" and holds(default, kind) for arg, default in pairs)
            case _:
                named = False
        if named:
            first_line = getattr(node, "lineno", None) or next((n.lineno for n in ast.walk(node) if hasattr(n, "lineno")), 1)
            yield first_line, source.splitlines()[first_line - 1].strip()


def is_kind(node: ast.AST) -> bool:
    """`kind`, `x.kind`, `x["kind"]`, `x.get("kind")`, `channel_kind`."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name == "kind" or name.endswith("_kind")
        case ast.Subscript(slice=key):
            return says(key, "kind")
        case ast.Call(func=ast.Attribute(attr="get"), args=[first, *_]):
            return says(first, "kind")
    return False


def says(node: ast.AST, text: str) -> bool:
    return isinstance(node, ast.Constant) and node.value == text


def holds(node: ast.AST, text: str) -> bool:
    """The string itself, or a collection or pattern with it in it."""
    if isinstance(node, ast.Constant | ast.Tuple | ast.List | ast.Set | ast.pattern | ast.IfExp | ast.BoolOp):
        return any(says(part, text) for part in ast.walk(node))
    return False


def kinds_named_in_typescript(source: str, kind: str) -> Iterator[tuple[int, str]]:
    word = rf"[\"'`]{re.escape(kind)}[\"'`]"
    kind_word = r"(\b\w*[kK]ind\b|\[[\"']kind[\"']\])"
    forms = re.compile(
        rf"(from|import)\s*\(?\s*[\"'][^\"']*channels/{re.escape(kind)}(/|[\"'])"
        rf"|{kind_word}\s*(===?|!==?)\s*{word}|{word}\s*(===?|!==?)\s*[\w.]*{kind_word}"
        rf"|\bcase\s+{word}\s*:|\bkind\??\s*[:=]\s*\{{?\s*{word}"
    )
    for number, line in enumerate(source.splitlines(), 1):
        if forms.search(line):
            yield number, line.strip()


@pytest.mark.parametrize(
    "source",
    [
        "import innboks.channels.post",
        "from innboks.channels.post import channel",
        "from innboks.channels import post",
        "load('innboks.channels.post')",
        "if account.kind == 'post': pass",
        "if 'post' == row['kind']: pass",
        "if kind in ('line', 'post'): pass",
        "match account.kind:\n    case 'line' | 'post': pass",
        "connect(kind='post')",
        "found = {'kind': 'post'}",
        "kind: str = 'post'",
        "def connect(name: str, kind: str = 'post') -> None: ...",
        "def connect(*, kind: str = 'post') -> None: ...",
        "run('select 1 from channel_account where kind = \\'post\\'')",
    ],
)
def test_the_kind_rule_sees_a_kind_in_python(source: str) -> None:
    assert list(kinds_named(source, "post"))


@pytest.mark.parametrize(
    "source", ["kind = 'postal'", "field = 'post'", "if identity.type == 'post': pass", "user(post='a@example.com')", "'''channels/post'''"]
)
def test_the_kind_rule_lets_the_noun_be_in_python(source: str) -> None:
    assert not list(kinds_named(source, "post"))


@pytest.mark.parametrize(
    "source",
    [
        'import { Panel } from "../channels/post/Panel";',
        'const Panel = lazy(() => import("@/features/channels/post"));',
        'if (account.kind === "post") {',
        "if ('post' !== conversation.kind) {",
        '    case "post":',
        'post({ kind: "post", name })',
        '<Connect kind="post" />',
    ],
)
def test_the_kind_rule_sees_a_kind_in_typescript(source: str) -> None:
    assert list(kinds_named_in_typescript(source, "post"))


@pytest.mark.parametrize("source", ['<input type="post" autoComplete="post" />', 'const field = "post";', "kind: string;"])
def test_the_kind_rule_lets_the_noun_be_in_typescript(source: str) -> None:
    assert not list(kinds_named_in_typescript(source, "post"))


# ── names and opening paragraphs ─────────────────────────────────────────────────────────────────────────────────────────────


def test_names_say_what_a_thing_is() -> None:
    files = [
        str(path.relative_to(ROOT))
        for path in tracked("*.py", "*.ts", "*.tsx")
        if {path.stem.lower(), *(part.lower() for part in path.relative_to(ROOT).parts[:-1])} & FORBIDDEN_NAMES
    ]
    names = [
        f"{shown(path, node.lineno)}: {node.name}"
        for path in tracked("innboks/**/*.py", "innboks/*.py", "scripts/*.py", "tests/**/*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and FORBIDDEN_PARTS.search(node.name)
    ]
    report("Call a thing by what it is: utils, helpers, manager, handler, base, process_, Service and Impl say nothing.", files + names)


def test_every_module_opens_by_saying_why_it_exists() -> None:
    found = [
        str(path.relative_to(ROOT))
        for path in product_python() + tracked("scripts/*.py")
        if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    report("A module opens with a paragraph: why it exists, what to read next.", found)


def test_every_import_is_declared() -> None:
    """What happens to be installed here, because a tool brought it along, is missing on a fresh machine."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    plain = re.compile(r"[A-Za-z0-9._-]+")
    declared = {canonical(matched.group()) for line in project["project"]["dependencies"] if (matched := plain.match(line))}
    brought_by = packages_distributions()
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in product_python()
        for name in imported(ast.parse(path.read_text()))
        if name not in sys.stdlib_module_names and name != "innboks" and not {canonical(d) for d in brought_by.get(name, [])} & declared
    }
    report("Add it to the dependencies in pyproject.toml, then: make requirements", sorted(found))


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (alias.name.split(".")[0] for alias in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module.split(".")[0]


def canonical(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


# ── what must not be in any file ─────────────────────────────────────────────────────────────────────────────────────────────


def test_no_file_names_a_package_index() -> None:
    """Whoever installs has a mirror of his own: an address written into a file would go around it."""
    address = re.compile(
        r"(pypi\." + r"org|files\.python" + r"hosted|registry\.npm" + r"js|registry\.yarn" + r"pkg|deb\.deb" + r"ian\.org"
        r"|^(-i|--index-url|--extra-index-url|--find-links)\s|\"resolved\":\s*\"http|registry\s*=\s*\"?http)",
        re.MULTILINE,
    )
    found = [str(path.relative_to(ROOT)) for path in tracked() if (text := read_text(path)) and address.search(text)]
    report("Pin without addresses: no file may name a package index.", found)


def test_the_lock_file_of_the_web_app_has_hashes_and_no_addresses() -> None:
    lock = (ROOT / "web" / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert lock.count('"integrity"') > 100


def read_text(path: Path) -> str | None:
    """None for what is not text (pictures, recorded mails)."""
    try:
        return path.read_text()
    except UnicodeDecodeError:
        return None
