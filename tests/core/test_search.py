"""The search index and what is found in it: words, operators, permission, what happens to an entry when its message changes."""

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from innboks.core.access import Actor
from innboks.core.accounts.actors import actor_for
from innboks.core.accounts.setup import create_account
from innboks.core.accounts.users import create_user
from innboks.core.channel_accounts.connect import connect
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.contacts.contacts import ContactChange, change_contact
from innboks.core.conversations import change
from innboks.core.conversations.models import NewMessage
from innboks.core.conversations.read import list_conversations
from innboks.core.conversations.write import write
from innboks.core.events import store as events
from innboks.core.files.attach import upload
from innboks.core.inboxes.inboxes import create_inbox
from innboks.core.notifications import store_follow
from innboks.core.parts import Parts
from innboks.core.rearrangements.merge import merge
from innboks.core.search import store_index, walk
from innboks.core.search.find import find
from innboks.core.search.index import follow, index_all, walk_back
from innboks.core.search.models import Found, Piece
from innboks.core.search.reading import text_of
from innboks.core.tags.tags import create_tag
from innboks.lib.clock import FakeClock
from innboks.lib.db import Database
from tests.core.conftest import say


def marked(pieces: list[Piece]) -> str:
    return "".join(f"[{one.text}]" if one.is_match else one.text for one in pieces)


def snippets(found: Found) -> list[str]:
    return [marked(message.snippet) for one in found.conversations for message in one.messages]


async def names(parts: Parts, actor: Actor, line: str, **more: Any) -> list[str]:
    """Who wrote what was found, newest first."""
    await index_all(parts, actor.account_id)
    return [one.conversation.contact_name for one in (await find(parts, actor, line, **more)).conversations]


async def test_words_are_found_and_marked(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    await say(parts, echo, "The tent poles for order ORD-1712 are missing", sender="leo", id="1")
    await say(parts, echo, "Hva skjedde med bestillingen på Bokmål?", sender="kari", id="2")
    await index_all(parts, actor.account_id)
    assert snippets(await find(parts, actor, "poles")) == ["The tent [poles] for order ORD-1712 are missing"]
    assert snippets(await find(parts, actor, "tent missing")) == ["The [tent] poles for order ORD-1712 are [missing]"]
    assert snippets(await find(parts, actor, "bokmal")) == ["Hva skjedde med bestillingen på [Bokmål]?"]
    assert snippets(await find(parts, actor, "ord-1712")) == ["The tent poles for order [ORD-1712] are missing"]
    assert snippets(await find(parts, actor, "pol")) == ["The tent [poles] for order ORD-1712 are missing"]
    assert snippets(await find(parts, actor, "pol ")) == []
    assert snippets(await find(parts, actor, "orders ")) == ["The tent poles for [order] ORD-1712 are missing"]
    assert snippets(await find(parts, actor, "bestilling ")) == ["Hva skjedde med [bestillingen] på Bokmål?"]
    assert [one.name for one in (await find(parts, actor, "kari")).contacts] == ["Kari"]


async def test_typographic_signs_part_words(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    text = "She said “red tent” – and O’Hara’s «blå telt»… today–tomorrow"
    await say(parts, echo, text, sender="leo", id="1")
    await index_all(parts, actor.account_id)
    for line in ("red ", "tent ", "“red tent”", '"red tent"', "o'hara ", "o’hara ", "blå ", "«blå telt»", "telt ", "tomorrow "):
        found = await find(parts, actor, line)
        assert (len(found.conversations), found.corrections) == (1, []), line
    assert snippets(await find(parts, actor, "“red tent” ")) == [text.replace("red tent", "[red tent]")]
    assert not (await find(parts, actor, "“tent red”")).conversations


async def test_slips_of_the_pen_are_mended_and_said(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    await say(parts, echo, "The tent poles are missing from my delivery", sender="leo")
    await index_all(parts, actor.account_id)
    for typed, meant in (("tnet", "tent"), ("pole", "poles"), ("msising", "missing"), ("delivvvery", "delivery"), ("tentt", "tent")):
        found = await find(parts, actor, typed + " ")
        assert f"[{meant}]" in "".join(snippets(found)), typed
        if typed != "pole":  # another form of the word is no slip
            assert [(one.word, one.instead) for one in found.corrections] == [(typed, [meant])]
    assert (await find(parts, actor, "xylophone ")).corrections == []


OPERATORS = [
    ("broken", ["Kari", "Leo"]),
    ("from:leo broken", ["Leo"]),
    ("from:kari", ["Kari"]),
    ("fra:kari", ["Kari"]),
    ("to:nobody", []),
    ('"tent is broken"', ["Leo"]),
    ('"broken tent is"', []),
    ("broken -zipper", ["Leo"]),
    ("zipper OR tent", ["Kari", "Leo"]),
    ("zipper ELLER tent broken", ["Kari", "Leo"]),
    ("channel:echo broken", ["Kari", "Leo"]),
    ("channel:nowhere broken", []),
    ("-channel:echo broken", []),
    ("inbox:tindra broken", ["Kari", "Leo"]),
    ("inbox:sales broken", []),
    ("assignee:me", ["Kari"]),
    ("tildelt:meg", ["Kari"]),
    ("assignee:nobody broken", ["Leo"]),
    ("is:unassigned broken", ["Leo"]),
    ("assignee:ada", ["Kari"]),
    ("assignee:zoe", []),
    ("tag:vip", ["Kari"]),
    ("-tag:vip broken", ["Leo"]),
    ("tag:none", []),
    ("is:open broken", ["Leo"]),
    ("er:lukket broken", ["Kari"]),
    ("is:closed", ["Kari"]),
    ("-is:open broken", ["Kari"]),
    ("is:unread", ["Leo"]),
    ("is:snoozed", []),
    ("is:spam", ["Spammer"]),
    ("is:trash", []),
    ("has:attachment", ["Kari"]),
    ("har:vedlegg broken", []),
    ("in:comments", ["Kari"]),
    ("in:comments refund", ["Kari"]),
    ("refund in:comments from:me", ["Kari"]),
    ("from:ada refund", ["Kari"]),
    ("on:today broken", ["Kari", "Leo"]),
    ("before:today broken", []),
    ("after:yesterday broken", ["Kari", "Leo"]),
    ("after:2001 before:2002 broken", []),
    ("invoice.txt", ["Kari"]),
    ("watermelon", ["Kari"]),
    ("http://broken", []),
    ("nothing:special", []),
]


async def test_every_operator(parts: Parts, actor: Actor, echo: ChannelAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    await say(parts, echo, "My tent is broken", sender="leo", id="1")
    await say(parts, echo, "The zipper is broken", sender="kari", id="2")
    await say(parts, echo, "Cheap watches, all broken", sender="spammer", id="3")
    rows = {one.contact_name: one.id for one in (await list_conversations(parts, actor)).items}
    note = await upload(parts, actor, "invoice.txt", "text/plain", b"one watermelon, 12 crowns")
    await write(parts, actor, rows["Kari"], NewMessage(type="comment", text="Give a refund", attachments=[note.id]))
    tag = await create_tag(parts, actor, "VIP customer", "amber")
    await change.change(parts, actor, rows["Kari"], change.Change(status="closed", assignee_id=actor.user_id, add_tag_ids=[tag.id]))
    await change.change(parts, actor, rows["Spammer"], change.Change(is_spam=True))
    await index_all(parts, actor.account_id)
    # By what is rare, among the conversations, by slices of time, and among those that are few: each way finds the same.
    for rare, near, short, probe_s in ((walk.RARE, 200, 2, 0.05), (-1, 200, 2, 0.05), (-1, 0, 2, 0.05), (-1, 0, 0, 0)):
        monkeypatch.setattr(walk, "RARE", rare)
        monkeypatch.setattr(walk, "MANY", rare)
        monkeypatch.setattr(walk, "NEAR", near)
        monkeypatch.setattr(walk, "SHORT", short)
        monkeypatch.setattr(walk, "PROBE_S", probe_s)
        for line, expected in OPERATORS:
            assert sorted([one.conversation.contact_name for one in (await find(parts, actor, line)).conversations]) == expected, line
    assert [note.code for note in (await find(parts, actor, "broken is:foo before:soon assignee:zoe")).notes] == [
        "unknown_value",
        "unknown_day",
        "unknown_assignee",
    ]


async def test_what_one_may_not_read_is_not_found(
    parts: Parts, actor: Actor, echo: ChannelAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = await create_inbox(parts, actor, "Board", "members", [actor.user_id])
    ada = await actor_for(parts, actor.account_id, actor.user_id)
    assert ada is not None
    board = await connect(parts, ada, "echo", "Board", secret.id, {"room": "board"})
    await say(parts, board, "The merger with Zeppelin is near ~i1 ~a1", sender="chair", id="1")
    made = await create_user(parts, ada, name="Bo Member", email="bo@tindra.example", password="a long enough password")
    bo = await actor_for(parts, actor.account_id, made.id)
    eve = await create_account(parts, "Elsewhere", "Eve Other", "eve@elsewhere.example", "a long enough password")
    assert bo is not None
    await index_all(parts, actor.account_id)
    assert len((await find(parts, ada, "zeppelin")).conversations) == 1
    assert len((await find(parts, ada, "chair")).contacts) == 1
    for who, rare in ((bo, walk.RARE), (bo, -1), (eve, walk.RARE), (eve, -1)):
        monkeypatch.setattr(walk, "RARE", rare)
        for line in (
            "zeppelin",
            "zepelin",
            "chair",
            "from:chair",
            "merger -nothing",
            "inbox:board merger",
            f"channel:{board.name}",
            "is:open",
            "~i1",
        ):
            found = await find(parts, who, line)
            assert (found.conversations, found.contacts, found.corrections) == ([], [], []), line


@pytest.mark.parametrize(
    "line",
    [
        "a\x00b",
        "'; drop table message; --",
        "tent & | ! <-> :* ( ) ' \\ \"",
        "\\",
        "'",
        "''''",
        "tent:*",
        "!!!",
        "<-> <->",
        "-",
        "--",
        '"',
        '""',
        "OR OR OR",
        "-(-(-(",
        'is: from: tag:"',
        "x" * 5000,
        "word " * 400,
        "\ud800",
        "🙂 🏕️",
        "a OR " * 100,
        "before:9999-12-31 after:0001-01-01",
        "on:0000-00-00",
        "on:2026-13-40",
        "%s %(ids)s {}",
        "~a1 ~i1",
        "\u202e\u0000 \t\n",
        "e\u0301cole",
        "inbox:% channel:_",
    ],
)
async def test_hostile_lines_are_only_words(parts: Parts, actor: Actor, echo: ChannelAccount, line: str) -> None:
    await say(parts, echo, "The tent poles are missing")
    await index_all(parts, actor.account_id)
    await find(parts, actor, line)
    await find(parts, actor, line, kind="contacts")


async def test_pages_go_on_without_gap_or_double(parts: Parts, actor: Actor, echo: ChannelAccount, clock: FakeClock) -> None:
    for nth in range(30):
        clock.advance(step=timedelta(hours=7))
        await say(parts, echo, f"The tent is number {nth}", sender=f"person{nth % 23}", id=str(nth))
    await index_all(parts, actor.account_id)
    for line in ("tent ", "tent number -zebra", "is:open", "inbox:tindra assignee:nobody", '"tent is number" is:open'):
        cursor, seen = None, list[int]()
        while True:
            page = await find(parts, actor, line, cursor=cursor, limit=4)
            seen += [one.conversation.id for one in page.conversations]
            cursor = page.next
            if cursor is None:
                break
            assert len(page.conversations) == 4
        assert len(seen) == len(set(seen)) == 23


# ── the index ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_late_commit_is_not_skipped(parts: Parts, actor: Actor, echo: ChannelAccount, db: Database) -> None:
    await index_all(parts, actor.account_id)
    async with db.transaction() as slow:
        # A transaction that began earlier writes its message, and commits after later ones were taken in.
        await slow.execute("select pg_current_xact_id()")
        await say(parts, echo, "The second one", id="2", sender="second")
        await index_all(parts, actor.account_id)
        assert await names(parts, actor, "second") == []  # above the line, so not yet
        await slow.execute(
            """insert into message (account_id, conversation_id, channel_account_id, type, direction, text)
               select account_id, id, channel_account_id, 'message', 'in', 'The slow one' from conversation limit 1"""
        )
        await slow.execute(
            """insert into event (account_id, type, inbox_id, conversation_id, data)
               select c.account_id, 'message.added', c.inbox_id, c.id, jsonb_build_object('message_id', m.id)
               from message m join conversation c on c.id = m.conversation_id where m.text = 'The slow one'"""
        )
    await index_all(parts, actor.account_id)
    assert await names(parts, actor, "slow") == ["Second"]
    assert await names(parts, actor, "second one") == ["Second"]


async def test_who_follows_the_log_does_not_read_it_from_its_beginning(
    parts: Parts, actor: Actor, echo: ChannelAccount, db: Database
) -> None:
    await say(parts, echo, "The first one", id="1")
    async with db.connection() as conn:
        await conn.execute("insert into event (account_id, type) select account_id, 'noise' from conversation, generate_series(1, 5000)")
        await conn.execute("analyze event")
    await index_all(parts, actor.account_id)
    read: list[int] = []
    async with db.connection() as conn:
        for _ in range(2):
            await conn.execute("select pg_stat_force_next_flush()")
            cursor = await conn.execute("select seq_tup_read from pg_stat_user_tables where relname = 'event'")
            row = await cursor.fetchone()
            assert row is not None
            read.append(row[0])
            place = await store_index.progress(conn, actor.account_id)
            assert place is not None
            for _ in range(4):  # a statement is prepared when it is run for the third time, and then planned without the values
                assert await events.after(conn, actor.account_id, place.tx, place.event_id, 10) == events.Read([], False)
                assert await store_index.behind(conn) == []
                await store_follow.behind(conn)
            part = await events.after(conn, actor.account_id, 0, 0, 10)
            assert (len(part.rows), part.more_to_come) == (10, True)
            assert [(one.tx, one.id) for one in part.rows] == sorted((one.tx, one.id) for one in part.rows)
    assert read[0] == read[1]


async def test_what_was_there_before_is_walked_and_the_walk_goes_on_where_it_stood(
    parts: Parts, actor: Actor, echo: ChannelAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    for nth in range(7):
        await say(parts, echo, f"Old tent {nth}", sender=f"person{nth}", id=str(nth))
    monkeypatch.setattr("innboks.core.search.index.WALK_BATCH", 3)
    assert await follow(parts, actor.account_id)  # finds its place: everything is old
    assert await walk_back(parts, actor.account_id)
    assert sorted(one.conversation.contact_name for one in (await find(parts, actor, "tent ")).conversations) == [
        "Person4",
        "Person5",
        "Person6",
    ]
    async with parts.db.connection() as conn:
        assert (await store_index.lag(conn)).to_walk == 4
    await index_all(parts, actor.account_id)
    assert len((await find(parts, actor, "tent ")).conversations) == 7
    async with parts.db.connection() as conn:
        assert (await store_index.lag(conn)).to_walk == 0


async def test_endless_texts_do_not_stop_the_index(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    words = " ".join(f"ß{chr(0x4E00 + nth % 20000)}{nth}" for nth in range(60_000))
    await say(parts, echo, f"tent {words}", id="1")
    await say(parts, echo, f"tent {'x' * 100_000}", id="2", sender="kari")
    await say(parts, echo, "tent", id="3", sender="ola")
    async with parts.db.transaction() as conn:
        people = [{"name": f"Person {nth}", "address": f"p{nth}@a{nth}.example"} for nth in range(30_000)]
        await conn.execute("update message set recipients = %s, subject = %s", (Jsonb(people), "word " * 50_000))
    assert sorted(await names(parts, actor, "tent ")) == ["Kari", "Leo", "Ola"]


async def test_a_restored_database_is_walked_again(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    await index_all(parts, actor.account_id)
    await say(parts, echo, "Written before the copy was taken")
    async with parts.db.transaction() as conn:
        await conn.execute("update server set epoch = 'another'")
        await conn.execute("update search_progress set tx = '9000000000000'")
    assert await names(parts, actor, "copy") == ["Leo"]


async def test_moves_and_renames_reach_the_index(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    await say(parts, echo, "About the tent", sender="leo", id="1")
    await say(parts, echo, "About the stove", sender="leo", id="2")
    assert await names(parts, actor, "stove") == ["Leo"]
    first = (await find(parts, actor, "stove")).conversations[0]
    moved, _ = await change.move_message(parts, actor, first.messages[0].id, None)
    await index_all(parts, actor.account_id)
    assert [one.conversation.id for one in (await find(parts, actor, "stove")).conversations] == [moved.id]
    sales = await create_inbox(parts, actor, "Sales", "everyone")
    ada = await actor_for(parts, actor.account_id, actor.user_id)
    assert ada is not None
    await change.change(parts, ada, moved.id, change.Change(inbox_id=sales.id))
    assert await names(parts, ada, "inbox:sales stove") == ["Leo"]
    assert first.conversation.contact_id is not None
    await change_contact(parts, ada, first.conversation.contact_id, ContactChange(name="Leonora Vinter"))
    assert await names(parts, ada, "vinter tent") == ["Leonora Vinter"]
    assert [one.name for one in (await find(parts, ada, "leonora")).contacts] == ["Leonora Vinter"]


async def test_a_merge_of_more_than_one_step_reaches_the_index(
    parts: Parts, actor: Actor, echo: ChannelAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("innboks.core.search.index.RELATED_MAX", 2)
    await say(parts, echo, "About the stove", sender="kari", id="target")
    for nth in range(7):
        await say(parts, echo, f"About tent {nth}", sender="leo", id=str(nth))
    assert await names(parts, actor, "tent ") == ["Leo"]
    rows = {one.contact_name: one.id for one in (await list_conversations(parts, actor)).items}
    await merge(parts, actor, rows["Kari"], [rows["Leo"]])
    assert await names(parts, actor, "tent ") == ["Kari"]
    async with parts.db.connection() as conn:
        places = await (await conn.execute("select distinct conversation_id from search_message")).fetchall()
    assert places == [(rows["Kari"],)]


async def test_what_is_erased_is_gone_with_its_words(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    await say(parts, echo, "My secret is plumbago", id="1")
    await say(parts, echo, "My tent is green", id="2")
    assert await names(parts, actor, "plumbago") == ["Leo"]
    async with parts.db.transaction() as conn:
        await conn.execute("delete from message_reference")
        await conn.execute("delete from message where text like '%plumbago%'")
    assert await names(parts, actor, "plumbago") == []
    async with parts.db.connection() as conn:
        words = {row[0] for row in await (await conn.execute("select word from search_word")).fetchall()}
    assert "plumbago" not in words
    assert {"my", "is", "tent", "green"} <= words


async def test_a_message_that_only_changes_its_state_is_not_written_anew(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    await say(parts, echo, "About the tent")
    await index_all(parts, actor.account_id)

    async def entries() -> Any:
        async with parts.db.connection() as conn:
            return await (await conn.execute("select ctid, xmin, * from search_message")).fetchall()

    before = await entries()
    async with parts.db.transaction() as conn:
        await conn.execute(
            """insert into event (account_id, type, inbox_id, conversation_id, data)
               select c.account_id, 'message.changed', c.inbox_id, c.id, jsonb_build_object('message_id', m.id)
               from message m join conversation c on c.id = m.conversation_id"""
        )
    await index_all(parts, actor.account_id)
    assert await entries() == before


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def archive(**parts: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in parts.items():
            made.writestr(name.replace("__", "/") + ".xml", text)
    return file.getvalue()


def test_text_of_files() -> None:
    assert text_of("Blåbær".encode("cp1252"), "text/plain", "a.txt") == "Blåbær"
    assert text_of("Blåbær".encode("utf-16"), "text/csv", "a.csv") == "Blåbær"
    assert text_of(b"<p>Ber<b>ry</b></p><script>evil()</script> jam", "text/html", "a.html").split() == ["Ber", "ry", "jam"]
    docx = archive(word__document="<w:p><w:r><w:t>Blue</w:t></w:r><w:r><w:t>berry</w:t></w:r></w:p><w:p><w:t>jam &amp; tea</w:t></w:p>")
    assert text_of(docx, "application/octet-stream", "a.DOCX").split() == ["Blueberry", "jam", "&", "tea"]
    xlsx = archive(
        xl__sharedStrings="<si><t>Berry</t></si><si><t>jam</t></si>", xl__worksheets__sheet1="<c><v>0</v></c><is><t>tea</t></is>"
    )
    assert text_of(xlsx, "", "a.xlsx").split() == ["Berry", "jam", "tea"]
    assert text_of(archive(content="<text:p>Berry</text:p><text:p>jam</text:p>"), "", "a.odt").split() == ["Berry", "jam"]
    assert text_of(archive(secret="<t>no</t>"), "", "a.zip") == ""
    assert text_of(b"\x89PNG....", "image/png", "a.png") == ""


def pdf(text: str) -> bytes:
    """The smallest PDF with a line of text."""
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(text) + 34}>>stream\nBT /F1 12 Tf 20 100 Td ({text}) Tj ET\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    made, places = "%PDF-1.4\n", list[int]()
    for number, body in enumerate(objects, 1):
        places.append(len(made))
        made += f"{number} 0 obj{body}endobj\n"
    lines = "".join(f"{place:010} 00000 n \n" for place in places)
    return f"{made}xref\n0 6\n0000000000 65535 f \n{lines}trailer<</Root 1 0 R/Size 6>>\nstartxref\n{len(made)}\n%%EOF\n".encode()


async def test_files_are_read_in_a_process_of_their_own(
    parts: Parts, actor: Actor, echo: ChannelAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("innboks.core.search.files.TRIES", 1)
    await say(parts, echo, "See what I send")
    (conversation,) = (await list_conversations(parts, actor)).items
    files = [
        await upload(parts, actor, "berries.pdf", "application/pdf", pdf("Gooseberry jam")),
        await upload(parts, actor, "broken.pdf", "application/pdf", b"%PDF-1.4 and then nothing that is one"),
        await upload(parts, actor, "bomb.docx", "application/zip", archive(word__document="<w:t>" + "0" * 60_000_000 + "</w:t>")),
    ]
    await write(parts, actor, conversation.id, NewMessage(type="comment", text="Look", attachments=[one.id for one in files]))
    await index_all(parts, actor.account_id)
    found = await find(parts, actor, "gooseberries ")
    assert [(message.file, marked(message.snippet)) for message in found.conversations[0].messages] == [("berries.pdf", "[Gooseberry] jam")]
    for name in ("berries.pdf", "broken.pdf", "bomb"):
        assert len((await find(parts, actor, name)).conversations) == 1, name
    async with parts.db.connection() as conn:
        states = dict(await (await conn.execute("select name, state from search_file")).fetchall())
    assert states["berries.pdf"] == "read"
    assert states["broken.pdf"] in ("failed", "empty")
    assert states["bomb.docx"] != "waiting"
