"""Two who do something at the same moment: the second finds what the first did, whichever statement it stood before."""

import asyncio

import pytest

from innboks.core.access import Actor
from innboks.core.accounts import store_people
from innboks.core.accounts.actors import actor_for
from innboks.core.accounts.invitations import New, invite, revoke
from innboks.core.accounts.roles import list_roles
from innboks.core.accounts.teams import change_team, create_team, list_teams, set_teams_of
from innboks.core.accounts.users import UserChange, create_user, update_user
from innboks.core.channel_accounts import store as channel_accounts
from innboks.core.channel_accounts.connect import change_channel_account, connect, disconnect, get_channel_account
from innboks.core.channel_accounts.health import mark_broken
from innboks.core.channel_accounts.models import ChannelAccount
from innboks.core.conversations.change import move_message
from innboks.core.conversations.models import NewMessage
from innboks.core.conversations.read import get_message, list_conversations
from innboks.core.conversations.write import write
from innboks.core.inboxes import store as inboxes
from innboks.core.inboxes.inboxes import create_inbox, update_inbox
from innboks.core.parts import Parts
from innboks.errors import Conflict, Invalid, NotFound
from tests.channels.email.scripted_smtp import scripted
from tests.core.conftest import say
from tests.waiting import somebody_waits


async def two(parts: Parts, actor: Actor, echo: ChannelAccount) -> tuple[int, int]:
    await say(parts, echo, "Leo asks", sender="leo", id="l1")
    await say(parts, echo, "Maja asks", sender="maja", id="m1")
    older, newer = sorted(one.id for one in (await list_conversations(parts, actor)).items)
    return older, newer


async def test_an_answer_follows_a_conversation_that_is_merged_while_it_is_written(
    parts: Parts, actor: Actor, echo: ChannelAccount
) -> None:
    leo, maja = await two(parts, actor, echo)
    async with parts.db.transaction() as conn:
        await conn.execute("update conversation set merged_into_id = %s where account_id = %s and id = %s", (leo, actor.account_id, maja))
        writing = asyncio.create_task(write(parts, actor, maja, NewMessage(type="reply", text="On its way", hold_s=0)))
        await somebody_waits(parts)
    message, is_new = await writing
    assert is_new
    assert (message.conversation_id, message.text) == (leo, "On its way")


async def test_an_answer_leaves_over_a_connection_that_comes_back_while_it_is_put_aside(
    parts: Parts, actor: Actor, echo: ChannelAccount
) -> None:
    leo, _ = await two(parts, actor, echo)
    await mark_broken(parts, actor.account_id, echo.id, "The token has expired.")
    async with parts.db.transaction() as conn:
        await conn.execute("update channel_account set is_authorized = true where account_id = %s and id = %s", (actor.account_id, echo.id))
        writing = asyncio.create_task(write(parts, actor, leo, NewMessage(type="reply", text="On its way", hold_s=0)))
        await somebody_waits(parts)
    message, _ = await writing
    assert (await get_message(parts, actor, message.id)).held_for is None


async def test_messages_moved_crosswise_at_once_all_arrive(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    leo, maja = await two(parts, actor, echo)
    there = [(await write(parts, actor, leo, NewMessage(type="comment", text=f"to Maja {n}")))[0].id for n in range(8)]
    back = [(await write(parts, actor, maja, NewMessage(type="comment", text=f"to Leo {n}")))[0].id for n in range(8)]
    moves = [(one, maja) for one in there] + [(one, leo) for one in back]
    await asyncio.gather(*(move_message(parts, actor, message, target) for message, target in moves))
    assert [(await get_message(parts, actor, message)).conversation_id for message, _ in moves] == [target for _, target in moves]


async def test_nobody_is_invited_into_an_inbox_that_becomes_personal_meanwhile(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    mine = await create_inbox(parts, actor, "Mine", "members")
    async with parts.db.transaction() as conn:
        await inboxes.get(conn, actor.account_id, mine.id, lock=True)  # as whoever connects a mailbox of their own
        inviting = asyncio.create_task(invite(parts, actor, New(name="Bo", email="bo@tindra.example", inbox_ids=[mine.id], by_mail=False)))
        await somebody_waits(parts)
        await conn.execute("update channel_account set inbox_id = %s, owner_id = %s where id = %s", (mine.id, actor.user_id, echo.id))
    with pytest.raises(Conflict, match="personal mailbox of Ada"):
        await inviting


async def test_nothing_is_connected_to_an_inbox_that_is_archived_while_its_server_is_tried(
    parts: Parts, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R-028: nor is anything connected where it says that nothing is."""
    closing = await create_inbox(parts, actor, "Closing down")
    async with scripted() as server:
        talk = server.talk

        async def archives_first(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await update_inbox(parts, actor, closing.id, is_archived=True)
            await talk(reader, writer)

        monkeypatch.setattr(server, "talk", archives_first)
        config = {"method": "forwarding", "address": "team@tindra.example", "smtp_host": "127.0.0.1", "smtp_port": server.port}
        with pytest.raises(NotFound) as refused:
            await connect(parts, actor, "email", "Team", closing.id, config)
    assert refused.value.code == "unknown_inbox"
    async with parts.db.connection() as conn:
        assert await inboxes.connected(conn, actor.account_id, closing.id) == []


async def test_of_two_who_connect_anew_the_second_is_told_that_it_is_connected(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    """R-045: and what the first one set up stays."""
    await disconnect(parts, actor, echo.id)
    async with parts.db.transaction() as conn:
        await channel_accounts.bring_back(conn, actor.account_id, echo.id, {"name": "First"})
        connecting = asyncio.create_task(connect(parts, actor, "echo", "Second", None, {"room": "lobby"}))
        await somebody_waits(parts)
    with pytest.raises(Conflict) as refused:
        await connecting
    assert refused.value.code == "already_connected"
    assert (await get_channel_account(parts, actor, echo.id)).name == "First"


async def test_what_is_disconnected_while_it_is_changed_stays_what_it_was(parts: Parts, actor: Actor, echo: ChannelAccount) -> None:
    """R-046: it comes back as itself, so it is still known by its identity."""
    async with parts.db.transaction() as conn:
        await channel_accounts.archive(conn, actor.account_id, echo.id)
        changing = asyncio.create_task(change_channel_account(parts, actor, echo.id, config={"room": "garden"}))
        await somebody_waits(parts)
    with pytest.raises(Conflict) as refused:
        await changing
    assert refused.value.code == "disconnected"
    assert (await connect(parts, actor, "echo", "Echo", None, {"room": "lobby"})).id == echo.id


async def test_of_two_who_make_somebody_a_main_member_the_later_has_them(parts: Parts, actor: Actor) -> None:
    """As when one comes after the other (R-554): what was their main team is an extra one now."""
    bo = await create_user(parts, actor, name="Bo", email="bo@tindra.example", password="a long enough password")
    first, second = [await create_team(parts, actor, name) for name in ("First", "Second")]
    async with parts.db.transaction() as conn:
        await set_teams_of(conn, actor, bo.id, first.id, [])
        changing = asyncio.create_task(change_team(parts, actor, second.id, main=[bo.id]))
        await somebody_waits(parts)
    assert (await changing).main_member_ids == [bo.id]
    found = {one.id: (one.main_member_ids, one.extra_member_ids) for one in await list_teams(parts, actor)}
    assert found == {first.id: ([], [bo.id]), second.id: ([bo.id], [])}


async def test_teams_that_change_crosswise_at_once_wait_for_nobody_in_a_circle(parts: Parts, actor: Actor) -> None:
    people = [
        (await create_user(parts, actor, name=who, email=f"{who}@tindra.example", password="a long enough password")).id for who in "abc"
    ]
    first, second = [await create_team(parts, actor, name) for name in ("First", "Second")]
    for nth in range(8):
        one, other, third = people[nth % 3], people[(nth + 1) % 3], people[(nth + 2) % 3]
        guest = await invite(parts, actor, New(name="Guest", email=f"g{nth}@tindra.example", main_team_id=first.id, by_mail=False))
        await asyncio.gather(
            change_team(parts, actor, first.id, main=[one, other], extra=[third]),
            change_team(parts, actor, second.id, main=[other, third], extra=[one]),
            update_user(parts, actor, third, UserChange(main_team_id=first.id, extra_team_ids=[second.id])),
            update_user(parts, actor, one, UserChange(main_team_id=second.id, extra_team_ids=[first.id])),
            revoke(parts, actor, guest.user_id),
        )
    main = [who for team in await list_teams(parts, actor) for who in team.main_member_ids]
    assert len(main) == len(set(main)), "nobody has two main teams"


async def test_two_who_take_the_last_right_from_each_other_are_told_and_wait_for_nobody_in_a_circle(parts: Parts, actor: Actor) -> None:
    role_id = next(one.id for one in await list_roles(parts, actor) if one.key == "super_admin")
    bo = await create_user(parts, actor, name="Bo", email="bo@tindra.example", password="a long enough password", role_id=role_id)
    other = await actor_for(parts, actor.account_id, bo.id)
    assert other is not None
    for nth in range(8):
        change = UserChange(is_active=False)
        ended = await asyncio.gather(
            update_user(parts, actor, other.user_id, change), update_user(parts, other, actor.user_id, change), return_exceptions=True
        )
        (refused,) = [one for one in ended if isinstance(one, BaseException)]
        assert isinstance(refused, Conflict), f"try {nth}: {refused!r}"
        assert refused.code == "last_admin"
        is_first = not isinstance(ended[0], BaseException)
        left, gone = (actor, other) if is_first else (other, actor)
        await update_user(parts, left, gone.user_id, UserChange(is_active=True))


async def test_no_mailbox_becomes_personal_where_somebody_is_invited_meanwhile(parts: Parts, actor: Actor) -> None:
    mine = await create_inbox(parts, actor, "Mine", "members")
    bo = await create_user(parts, actor, name="Bo", email="bo@tindra.example", password="a long enough password")
    async with parts.db.transaction() as conn:
        await store_people.add_to_inboxes(conn, actor.account_id, bo.id, [mine.id])
        connecting = asyncio.create_task(connect(parts, actor, "echo", "Own", mine.id, {"room": "own"}, is_personal=True))
        await somebody_waits(parts)
    with pytest.raises(Invalid, match="only you are a member"):
        await connecting
