"""Which skills a conversation needs, and how well somebody has them (R-558). Read next: `choose.py`, which narrows by it; `skills.py`, where both are kept."""

import unicodedata
from collections.abc import Mapping, Sequence

from innboks.core.routing import store_skills as store
from innboks.core.routing.models import Need, Skill
from innboks.core.routing.store_skills import Facts
from innboks.lib.db import Connection


def words(text: str) -> str:
    """Its words alone, in small letters, each with a space before it: so a word is found wherever one begins with it, and nowhere else."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(f" {one}" for one in "".join(char if char.isalnum() else " " for char in plain).split())


def applies(need: Need, facts: Facts) -> bool:
    match need.source:
        case "channel_account":
            return need.channel_account_id == facts.channel_account_id
        case "subject":
            return words(need.value) in words(facts.subject)
        case "contact":
            value = facts.properties.get(need.property or "")
            values = value if isinstance(value, list) else [value]
            return any(_text(one) == need.value.casefold() for one in values if one is not None)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).casefold()


async def needed(conn: Connection, account_id: int, conversation_ids: Sequence[int]) -> dict[int, list[Skill]]:
    """Conversation → the skills that it needs, as it and its contact are now; none for those that need none."""
    needs = await store.needs(conn, account_id)
    if not needs:
        return {}
    skills = await store.skills(conn, account_id)
    found = {}
    for facts in await store.facts(conn, account_id, conversation_ids):
        ids = {need.skill_id for need in needs if applies(need, facts)}
        if ids:
            found[facts.id] = [one for one in skills if one.id in ids]
    return found


async def needed_over(conn: Connection, account_id: int, channel_account_id: int) -> list[Skill]:
    """The skills that everything needs which comes over a channel account."""
    ids = {one.skill_id for one in await store.needs(conn, account_id) if one.channel_account_id == channel_account_id}
    return [one for one in await store.skills(conn, account_id) if one.id in ids] if ids else []


def short_of(skills: Sequence[Skill], user_ids: Sequence[int]) -> Mapping[int, int | None]:
    """Person → how many of these they have as a further language only; None: they lack one."""
    has = [{one.user_id: one.is_main for one in skill.people} for skill in skills]
    return {user_id: None if any(user_id not in one for one in has) else sum(1 for one in has if not one[user_id]) for user_id in user_ids}
