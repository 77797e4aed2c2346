"""Search in 1 000 000 conversations and 5 000 000 messages: how long people wait, by kind of question.

The past is made once by `search.sql` and kept in the cache folder (`stored.py`): messages and entries are written by both processors at once, the
index over them at the end. That takes longer than any other row (it is given up after MAKING_S); a run that finds it there takes minutes.
INNBOKS_BENCH_SEARCHED=100000 makes a tenth of it. Read next: `core/search/walk.py`.
"""

import asyncio
import hashlib
import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg

from innboks.core.search.store_index import CONTACTS
from tests.bench.figures import Figure, percentile
from tests.bench.place import Installation
from tests.bench.stored import cache_folder
from tests.bench.wire import Http

SQL = Path(__file__).parent / "search.sql"
TIMES = 60
WARM_UP = 6
WRITERS = 2
EACH = 5
STEP = 20_000
BYTES_EACH = 6_000
MAKING_S = 3600.0
"""Making the past is given up after so long."""
ALONE = (
    "is:open has:attachment",
    "is:closed has:attachment before:2026-01",
    "is:spam has:attachment",
    "is:trash is:open",
    "assignee:me is:open has:attachment",
    "has:attachment in:comments",
    "is:unassigned has:attachment",
    "is:unread in:comments from:me",
    "to:kari is:open",
    "subject:net in:comments",
    "tent is:open has:attachment",
    "inbox:small is:open",
    "channel:echo is:closed",
    "is:open -is:open",
)
"""Of some of these nothing is there, though each half stands in tens of thousands (files came with every tenth conversation, and never with one that
is open)."""
_MESSAGES = """
insert into message (account_id, id, conversation_id, channel_account_id, type, direction, author_id, contact_id, sender, recipients, subject, text,
    has_attachments, external_id, dedupe_key, sent_at, created_at)
select 1, 10000 + n * 5 + m, c.id, c.channel_account_id, case when m = 3 then 'comment' when m = 1 then 'reply' else 'message' end,
    case when m = 3 then 'none' when m = 1 then 'out' else 'in' end, case when m in (1, 3) then 1 end, c.contact_id,
    jsonb_build_object('address', c.party_address, 'name', p.name, 'role', 'from'),
    '[{"address": "support@tindra.example", "name": "Support", "role": "to"}]', c.subject,
    initcap(a.text) || '. ' || b.text || E'.\n' || d.text || '. Ref ' || (n * 5 + m) || '. ' || e.text, n %% 10 = 1 and m = 0,
    'm' || n || '.' || m || '@example.net', 'm' || n || '.' || m || '@example.net', c.created_at + make_interval(mins => m * 160),
    c.created_at + make_interval(mins => m * 160)
from generate_series(%(first)s, %(last)s) n cross join generate_series(0, 4) m
join conversation c on c.account_id = 1 and c.id = 1000 + n join contact p on p.account_id = 1 and p.id = c.contact_id
join bench_sentence a on a.nth = 1 + (n * 7919::bigint + m * 104729) %% 60000 join bench_sentence b on b.nth = 1 + (n * 15485863::bigint + m * 32452843) %% 60000
join bench_sentence d on d.nth = 1 + (n * 49979687::bigint + m * 67867967) %% 60000
join bench_sentence e on e.nth = 1 + (n * 86028121::bigint + m * 122949823) %% 60000"""
# As `store_index.DOCUMENTS` makes them, from sentences whose words were taken apart once.
_ENTRIES = """
insert into search_message (account_id, message_id, conversation_id, inbox_id, contact_id, at, tokens)
select 1, 10000 + n * 5 + m, c.id, c.inbox_id, c.contact_id, c.created_at + make_interval(mins => m * 160),
    setweight(search_vector(c.subject), 'A') || setweight(search_vector(p.name || ' ' || c.party_address), 'B')
    || setweight(search_vector('Support support@tindra.example'), 'C') || a.tokens || b.tokens || d.tokens || search_vector('Ref ' || (n * 5 + m)) || e.tokens
    || search_vector(p.name || ' ' || c.party_address)
    || array_to_tsvector(array_remove(array['~a1', '~i' || c.inbox_id, '~c' || c.channel_account_id, case when m in (1, 3) then '~u1' end,
        case when n %% 10 = 1 and m = 0 then '~file' end, case when m = 3 then '~comment' end]
        || search_times(c.created_at + make_interval(mins => m * 160)), null))
from generate_series(%(first)s, %(last)s) n cross join generate_series(0, 4) m
join conversation c on c.account_id = 1 and c.id = 1000 + n join contact p on p.account_id = 1 and p.id = c.contact_id
join bench_sentence a on a.nth = 1 + (n * 7919::bigint + m * 104729) %% 60000 join bench_sentence b on b.nth = 1 + (n * 15485863::bigint + m * 32452843) %% 60000
join bench_sentence d on d.nth = 1 + (n * 49979687::bigint + m * 67867967) %% 60000
join bench_sentence e on e.nth = 1 + (n * 86028121::bigint + m * 122949823) %% 60000"""
_WORDS = """
insert into search_word (account_id, word, entries, english, norwegian)
select 1, word, ndoc, (ts_lexize('english_stem', word))[1], (ts_lexize('norwegian_stem', word))[1]
from ts_stat('select tokens from search_message where message_id % 11 = 0') where word !~ '[0-9~]' and length(word) between 2 and 32"""


async def searchable(total: int, say: Callable[[str], None]) -> Installation:
    """An installation with that many conversations and five times as many messages, all in the index. The caller stops it."""
    mark = hashlib.sha256(SQL.read_bytes() + (_MESSAGES + _ENTRIES).encode()).hexdigest()[:12]
    folder = cache_folder() / f"search-{total}-{mark}"
    if (folder / "done").exists():
        try:
            return await (await Installation(folder / "data").start()).settle_in()
        except RuntimeError as error:
            say(f"the kept data cannot be used any more, so it is made anew ({str(error)[-200:].strip()})")
    for old in folder.parent.glob(f"search-{total}-*"):
        shutil.rmtree(old)
    folder.mkdir(parents=True)
    if shutil.disk_usage(folder).free < total * EACH * BYTES_EACH:
        raise RuntimeError(
            f"not enough room at {folder}: {total * EACH * BYTES_EACH // 10**9} GB are needed; choose another place with INNBOKS_BENCH_CACHE"
        )
    say(f"making {total:,} conversations and {EACH * total:,} messages in {folder} (once)")
    place = await (await Installation(folder / "data").start()).settle_in()
    try:
        async with place.client() as api:
            for name in ("Second", "Small"):
                await api.json("POST", "/api/inboxes", {"name": name})
        await _fill(place, total, say)
    except BaseException:
        place.stop()
        raise
    (folder / "done").touch()
    return place


async def _fill(place: Installation, total: int, say: Callable[[str], None]) -> None:
    began = time.monotonic()

    def tell(what: str) -> None:
        say(f"{what} after {time.monotonic() - began:.0f} s")
        if time.monotonic() - began > MAKING_S:
            raise RuntimeError("making the past takes too long here; INNBOKS_BENCH_SEARCHED=100000 makes a smaller one")

    async with await _connect(place) as conn:
        # What the road would leave to the worker to walk over is written here.
        await conn.execute(
            "insert into search_progress (account_id, epoch, tx, event_id) select 1, epoch, '9000000000000', 0 from server on conflict do nothing"
        )
        for statement in SQL.read_text().split(";\n\n"):
            await conn.execute(statement, {"total": total})
        tell("conversations are there")
        await _in_parts(place, total, lambda first, last: (_MESSAGES, {"first": first, "last": last}))
        tell("messages are there")
        rows = await (
            await conn.execute(
                "select indexname, indexdef from pg_indexes where tablename in ('search_message', 'search_contact') and indexname !~ 'pkey'"
            )
        ).fetchall()
        for name, _ in rows:
            await conn.execute(f"drop index {name}")
        await _in_parts(
            place,
            total,
            lambda first, last: (_ENTRIES, {"first": first, "last": last}),
        )
        await conn.execute(
            "insert into search_contact (account_id, contact_id, tokens) " + CONTACTS.replace("= any(%(ids)s)", "> %(ids)s"),
            {"account": 1, "ids": 0},
        )
        tell("entries are there")
        await conn.execute("set maintenance_work_mem = '1GB'")
        for _, definition in rows:
            await conn.execute(definition)
        tell("the index is there")
        await conn.execute(_WORDS)
        await conn.execute("update search_word set entries = entries * 11")
        await conn.execute("drop table bench_word, bench_sentence")
        await conn.execute(
            """select setval(pg_get_serial_sequence('contact', 'id'), 20000000), setval(pg_get_serial_sequence('conversation', 'id'), 20000000),
                   setval(pg_get_serial_sequence('message', 'id'), 20000000)"""
        )
        await conn.execute("update search_progress set tx = (pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1)::text::xid8")
        await conn.execute("analyze")
        await conn.execute("checkpoint")
        tell("all is there")


async def _connect(place: Installation) -> psycopg.AsyncConnection:
    conn = await psycopg.AsyncConnection.connect(place.dsn, autocommit=True, cursor_factory=psycopg.AsyncClientCursor)
    for setting in (
        "session_replication_role = replica",
        "synchronous_commit = off",
        "work_mem = '256MB'",
        "plan_cache_mode = force_custom_plan",
    ):
        await conn.execute(f"set {setting}")
    return conn


async def _in_parts(place: Installation, total: int, part: Callable[[int, int], tuple[str, dict[str, Any]]]) -> None:
    """Runs a statement for stretches of the conversations, on both processors."""
    firsts = iter(range(1, total + 1, STEP))

    async def write() -> None:
        async with await _connect(place) as conn:
            for first in firsts:
                statement, given = part(first, min(total, first + STEP - 1))
                await conn.execute(statement, given)

    await asyncio.gather(*(write() for _ in range(WRITERS)))


# ── asking ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def search(place: Installation, say: Callable[[str], None]) -> list[Figure]:
    """p95 of each kind of question, over HTTP, first page, as somebody who reads all inboxes; and once as one who reads only the smallest."""
    questions = await _questions(place)
    figures = []
    token = await _restricted(place)
    for name, lines in questions.items():
        async with place.client(token if name.startswith("restricted") else None) as api:
            figures.append(await _ask(api, name, lines, say))
    return figures


async def _questions(place: Installation) -> dict[str, list[str]]:
    """Kind → lines to search for; the same in every run over the same past."""
    chosen = random.Random(11)
    async with await _connect(place) as conn:
        words = [
            row[0]
            for row in await (await conn.execute("select word from search_word where account_id = 1 order by entries desc")).fetchall()
        ]
        last = (await (await conn.execute("select max(message_id) from search_message")).fetchone() or (0,))[0]
        texts = [
            row[0]
            for row in await (
                await conn.execute(
                    "select text from message where account_id = 1 and id = any(%s)",
                    ([chosen.randint(10_005, last) for _ in range(TIMES)],),
                )
            ).fetchall()
        ]
    common, middle, rare = words[:30], words[200:3000], words[len(words) // 2 :]
    pick = chosen.choice

    def several(line: Callable[[], str]) -> list[str]:
        return [line() for _ in range(TIMES)]

    def slip(word: str) -> str:
        at = chosen.randrange(1, len(word) - 2)
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]

    return {
        "rare word": several(lambda: f"{pick(rare)} "),
        "one message's number": several(lambda: f"{chosen.randint(10_005, last) - 10_000} "),
        "common word": several(lambda: f"{pick(common)} "),
        "word in between": several(lambda: f"{pick(middle)} "),
        "two common words": several(lambda: f"{pick(common)} {pick(common)} "),
        "common and rare word": several(lambda: f"{pick(common)} {pick(rare)} "),
        "two words in between": several(lambda: f"{pick(middle)} {pick(middle)} "),
        "phrase": [f'"{" ".join(text.split()[14:17])}"' for text in texts],
        "operators": several(
            lambda: pick(
                (
                    f"{pick(common)} is:open assignee:me",
                    f"from:kari {pick(common)} ",
                    f"{pick(middle)} has:attachment before:today",
                    f"subject:{pick(common)} in:comments",
                    f"{pick(common)} -{pick(common)} is:open",
                    f"{pick(middle)} OR {pick(middle)} is:unassigned",
                )
            )
        ),
        "operators alone": [line for line in ALONE for _ in range(-(-TIMES // len(ALONE)))],
        "as one types (3 letters)": several(lambda: pick(words[:5000])[:3]),
        "slip of the pen": several(lambda: f"{slip(pick(words[100:5000]))} "),
        "a customer's address": several(lambda: f"customer{chosen.randint(1, 1000)}@example.net"),
        "restricted person, common word": several(lambda: f"{pick(common)} "),
        "restricted person, rare word": several(lambda: f"{pick(rare)} "),
    }


async def _ask(api: Http, name: str, lines: list[str], say: Callable[[str], None]) -> Figure:
    times: list[float] = []
    found = partial = 0
    for number, line in enumerate(lines):
        await asyncio.sleep(0.1)  # nobody may search more often than that
        began = time.perf_counter()
        answer = await api.json("GET", f"/api/search?{urlencode({'q': line})}")
        if number >= WARM_UP:
            times.append(time.perf_counter() - began)
        found += bool(answer["items"])
        partial += answer["is_partial"]
    middle, worst = 1000 * percentile(times, 0.5), 1000 * max(times)
    p95 = 1000 * percentile(times, 0.95)
    say(
        f"{name}: p95 {p95:.1f} ms, median {middle:.1f}, worst {worst:.1f}; {found} of {len(lines)} found something, {partial} ran out of time"
    )
    return Figure(row="search", name=f"{name}, p95", value=p95, unit="ms", bar=100, reference=f"median {middle:.1f} ms")


async def _restricted(place: Installation) -> str:
    """The token of somebody who reads only the smallest inbox: one conversation in a hundred."""
    async with place.client() as api:
        inboxes = (await api.json("GET", "/api/inboxes"))["items"]
        people = (await api.json("GET", "/api/users"))["items"]
        found = next((one for one in people if one["email"] == "bo@tindra.example"), None)
        if found is None:
            given = {"name": "Bo Example", "email": "bo@tindra.example", "password": "correct horse battery staple"}
            found = await api.json("POST", "/api/users", given)
        for inbox in inboxes:
            if inbox["name"] != "Small":
                await api.json("PATCH", f"/api/inboxes/{inbox['id']}", {"access": "members"})
    return place.token_of("bo@tindra.example")
