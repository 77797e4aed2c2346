"""SQL about skills: what people can, and what of it conversations need. Every function takes a connection inside the caller's transaction."""

from collections.abc import Sequence
from typing import Any

import msgspec

from innboks.core.routing.models import Bearer, Need, Skill, SkillCategory
from innboks.lib.db import Connection, fetch_all, fetch_one

# ── what there is ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def categories(conn: Connection, account_id: int) -> list[SkillCategory]:
    query = "select id, name from skill_category where account_id = %s order by lower(name), id"
    return await fetch_all(await conn.execute(query, (account_id,)), SkillCategory)


async def category(conn: Connection, account_id: int, category_id: int) -> SkillCategory | None:
    query = "select id, name from skill_category where account_id = %s and id = %s for update"
    return await fetch_one(await conn.execute(query, (account_id, category_id)), SkillCategory)


async def insert_category(conn: Connection, account_id: int, name: str) -> int | None:
    """None when there is one of this name."""
    cursor = await conn.execute(
        "insert into skill_category (account_id, name) values (%s, %s) on conflict (account_id, (lower(name))) do nothing returning id",
        (account_id, name),
    )
    row = await cursor.fetchone()
    return int(row[0]) if row else None


async def rename_category(conn: Connection, account_id: int, category_id: int, name: str) -> None:
    """Raises `UniqueViolation` for a name that is taken."""
    await conn.execute("update skill_category set name = %s where account_id = %s and id = %s", (name, account_id, category_id))


async def delete_category(conn: Connection, account_id: int, category_id: int) -> None:
    await conn.execute("delete from skill_category where account_id = %s and id = %s", (account_id, category_id))


_SKILL = """
select s.id, s.category_id, s.language, s.name,
    coalesce((select jsonb_agg(jsonb_build_object('user_id', b.user_id, 'is_main', b.is_main) order by b.is_main desc, b.user_id) from user_skill b
              where b.account_id = s.account_id and b.skill_id = s.id), '[]') as people
from skill s where s.account_id = %s"""


async def skills(conn: Connection, account_id: int) -> list[Skill]:
    return await fetch_all(await conn.execute(f"{_SKILL} order by lower(s.name), s.id", (account_id,)), Skill)


async def skill(conn: Connection, account_id: int, skill_id: int) -> Skill | None:
    """Held until the commit, so that nobody gets it while it is deleted."""
    return await fetch_one(await conn.execute(f"{_SKILL} and s.id = %s for update of s", (account_id, skill_id)), Skill)


async def insert_skill(conn: Connection, account_id: int, category_id: int | None, language: str | None, name: str) -> int | None:
    """None when there is this one."""
    cursor = await conn.execute(
        "insert into skill (account_id, category_id, language, name) values (%s, %s, %s, %s) on conflict do nothing returning id",
        (account_id, category_id, language, name),
    )
    row = await cursor.fetchone()
    return int(row[0]) if row else None


async def rename_skill(conn: Connection, account_id: int, skill_id: int, name: str) -> None:
    """Raises `UniqueViolation` for a name that is taken."""
    await conn.execute("update skill set name = %s where account_id = %s and id = %s", (name, account_id, skill_id))


async def delete_skill(conn: Connection, account_id: int, skill_id: int) -> None:
    await conn.execute("delete from skill where account_id = %s and id = %s", (account_id, skill_id))


async def set_people(conn: Connection, account_id: int, skill_id: int, people: Sequence[Bearer]) -> bool:
    """Replaces who has it. False when one of them is nobody of this account: then nothing may be kept."""
    await conn.execute("delete from user_skill where account_id = %s and skill_id = %s", (account_id, skill_id))
    cursor = await conn.execute(
        """insert into user_skill (account_id, user_id, skill_id, is_main)
           select u.account_id, u.id, %(skill)s, wanted.is_main from unnest(%(users)s::bigint[], %(main)s::boolean[]) wanted (user_id, is_main)
           join app_user u on u.account_id = %(account)s and u.id = wanted.user_id""",
        {
            "account": account_id,
            "skill": skill_id,
            "users": [one.user_id for one in people],
            "main": [one.is_main for one in people],
        },
    )
    return cursor.rowcount == len(people)


async def names_of(conn: Connection, account_id: int, skill_id: int) -> tuple[list[str], list[str]]:
    """Who has it, and what needs it, in words."""
    cursor = await conn.execute(
        """select array(select u.name from user_skill b join app_user u on u.account_id = b.account_id and u.id = b.user_id
                        where b.account_id = %(account)s and b.skill_id = %(skill)s order by u.name),
                  array(select coalesce(a.name, n.value) from skill_need n
                        left join channel_account a on a.account_id = n.account_id and a.id = n.channel_account_id
                        where n.account_id = %(account)s and n.skill_id = %(skill)s order by n.id)""",
        {"account": account_id, "skill": skill_id},
    )
    row = await cursor.fetchone()
    assert row
    return row[0], row[1]


# ── what conversations need ──────────────────────────────────────────────────────────────────────────────────────────────


_NEED = "select n.id, n.skill_id, n.source, n.property, n.value, n.channel_account_id from skill_need n where n.account_id = %s"


async def needs(conn: Connection, account_id: int) -> list[Need]:
    return await fetch_all(await conn.execute(f"{_NEED} order by n.id", (account_id,)), Need)


async def need(conn: Connection, account_id: int, need_id: int) -> Need | None:
    return await fetch_one(await conn.execute(f"{_NEED} and n.id = %s", (account_id, need_id)), Need)


async def insert_need(conn: Connection, account_id: int, wanted: Need) -> int:
    cursor = await conn.execute(
        """insert into skill_need (account_id, skill_id, source, property, value, channel_account_id) values (%s, %s, %s, %s, %s, %s) returning id""",
        (account_id, wanted.skill_id, wanted.source, wanted.property, wanted.value, wanted.channel_account_id),
    )
    row = await cursor.fetchone()
    assert row
    return int(row[0])


async def delete_need(conn: Connection, account_id: int, need_id: int) -> None:
    await conn.execute("delete from skill_need where account_id = %s and id = %s", (account_id, need_id))


class Facts(msgspec.Struct):
    """What the needs of a conversation follow from, as it and its contact are now."""

    id: int
    channel_account_id: int
    subject: str
    properties: dict[str, Any]


async def facts(conn: Connection, account_id: int, conversation_ids: Sequence[int]) -> list[Facts]:
    cursor = await conn.execute(
        """select c.id, c.channel_account_id, c.subject, coalesce(p.properties, '{}') as properties from conversation c
           left join contact p on p.account_id = c.account_id and p.id = c.contact_id where c.account_id = %s and c.id = any(%s)""",
        (account_id, list(conversation_ids)),
    )
    return await fetch_all(cursor, Facts)
