"""Skills: what people can, in categories of an account's own and as languages; and which conversations need them (R-558).

An account without any has nothing of it. What is needed counts where the rule of a channel account asks for it. Whoever takes something away holds the turn
of the rules, as `store.lock` says. Read next: `needs.py`.
"""

from collections.abc import Sequence

import msgspec
import psycopg

from innboks.core.access import ACCOUNT_ACCESS, Actor
from innboks.core.channel_accounts import store as channel_accounts
from innboks.core.contacts.properties import list_properties
from innboks.core.events import store as events
from innboks.core.parts import Parts
from innboks.core.routing import store_skills as store
from innboks.core.routing.languages import LANGUAGES
from innboks.core.routing.models import Bearer, Need, Skill, SkillCategory
from innboks.core.routing.needs import words
from innboks.core.routing.store import lock
from innboks.errors import Conflict, Invalid, NotFound
from innboks.lib.db import Connection
from innboks.lib.text import one_line

NAME_CHARS = 60
VALUE_CHARS = 100
CATEGORIES_MAX = 50
SKILLS_MAX = 300
NEEDS_MAX = 500
PEOPLE_MAX = 1000
NAMED = 5


async def list_categories(parts: Parts, actor: Actor) -> list[SkillCategory]:
    actor.require(ACCOUNT_ACCESS)
    async with parts.db.connection() as conn:
        return await store.categories(conn, actor.account_id)


async def create_category(parts: Parts, actor: Actor, name: str) -> SkillCategory:
    actor.require(ACCOUNT_ACCESS)
    name = _name(name)
    async with parts.db.transaction() as conn:
        await lock(conn, actor.account_id)
        if len(await store.categories(conn, actor.account_id)) >= CATEGORIES_MAX:
            raise Conflict(f"An account has at most {CATEGORIES_MAX} categories of skills.", code="too_many_categories")
        made = await store.insert_category(conn, actor.account_id, name)
        if made is None:
            raise _taken(name)
        await _changed(conn, actor)
    parts.wake.touch(actor.account_id)
    return SkillCategory(made, name)


async def rename_category(parts: Parts, actor: Actor, category_id: int, name: str) -> SkillCategory:
    actor.require(ACCOUNT_ACCESS)
    name = _name(name)
    async with parts.db.transaction() as conn:
        await lock(conn, actor.account_id)
        await _category(conn, actor, category_id)
        try:
            await store.rename_category(conn, actor.account_id, category_id, name)
        except psycopg.errors.UniqueViolation as error:
            raise _taken(name) from error
        await _changed(conn, actor)
    parts.wake.touch(actor.account_id)
    return SkillCategory(category_id, name)


async def delete_category(parts: Parts, actor: Actor, category_id: int) -> None:
    """Raises `Conflict` while there are skills in it."""
    actor.require(ACCOUNT_ACCESS)
    async with parts.db.transaction() as conn:
        await lock(conn, actor.account_id)
        category = await _category(conn, actor, category_id)
        inside = [one.name for one in await store.skills(conn, actor.account_id) if one.category_id == category_id]
        if inside:
            raise Conflict(f"There are skills in “{category.name}”: {', '.join(inside[:5])}. Delete them first.", code="category_in_use")
        await store.delete_category(conn, actor.account_id, category_id)
        await _changed(conn, actor)
    parts.wake.touch(actor.account_id)


async def list_skills(parts: Parts, actor: Actor) -> tuple[list[Skill], list[Need]]:
    """With what needs them."""
    actor.require(ACCOUNT_ACCESS)
    async with parts.db.connection() as conn:
        return await store.skills(conn, actor.account_id), await store.needs(conn, actor.account_id)


async def create_skill(parts: Parts, actor: Actor, *, category_id: int | None = None, name: str = "", language: str | None = None) -> Skill:
    """A language by its code alone, or something else with a name and a category."""
    actor.require(ACCOUNT_ACCESS)
    if (language is None) == (category_id is None):
        raise Invalid("A skill is a language, or it has a category.", code="language_or_category", field="category_id")
    if language is not None and language not in LANGUAGES:
        raise Invalid("This language is not known. Write its ISO 639 code, like nb or de.", code="unknown_language", field="language")
    name = _name(name) if language is None else LANGUAGES[language]
    async with parts.db.transaction() as conn:
        await lock(conn, actor.account_id)
        if category_id is not None:
            await _category(conn, actor, category_id)
        if len(await store.skills(conn, actor.account_id)) >= SKILLS_MAX:
            raise Conflict(f"An account has at most {SKILLS_MAX} skills.", code="too_many_skills")
        made = await store.insert_skill(conn, actor.account_id, category_id, language, name)
        if made is None:
            raise _taken(name)
        await _changed(conn, actor)
        skill = await _skill(conn, actor, made)
    parts.wake.touch(actor.account_id)
    return skill


async def change_skill(
    parts: Parts, actor: Actor, skill_id: int, *, name: str | None = None, people: Sequence[Bearer] | None = None
) -> Skill:
    """Another name, which a language cannot have; who has it, as the whole list. Of what is no language, everybody has it as a main one."""
    actor.require(ACCOUNT_ACCESS)
    async with parts.db.transaction() as conn:
        await lock(conn, actor.account_id)
        before = await _skill(conn, actor, skill_id)
        if name is not None:
            if before.language is not None:
                raise Invalid("A language has its own name.", code="language_name", field="name")
            try:
                await store.rename_skill(conn, actor.account_id, skill_id, _name(name))
            except psycopg.errors.UniqueViolation as error:
                raise _taken(_name(name)) from error
        if people is not None:
            await _set_people(conn, actor, before, people)
        await _changed(conn, actor)
        after = await _skill(conn, actor, skill_id)
    parts.wake.touch(actor.account_id)
    return after


async def _set_people(conn: Connection, actor: Actor, skill: Skill, people: Sequence[Bearer]) -> None:
    if len({one.user_id for one in people}) < len(people):
        raise Invalid("Somebody is named twice here. Once is enough.", code="twice", field="people")
    if skill.language is None:
        people = [Bearer(one.user_id) for one in people]
    if not await store.set_people(conn, actor.account_id, skill.id, people):
        raise Invalid("One of these people is not in your account.", code="unknown_user", field="people")


async def delete_skill(parts: Parts, actor: Actor, skill_id: int) -> None:
    """Raises `Conflict` with where it is used, while somebody has it or something needs it."""
    actor.require(ACCOUNT_ACCESS)
    async with parts.db.transaction() as conn:
        await lock(conn, actor.account_id)
        skill = await _skill(conn, actor, skill_id)
        people, needs = await store.names_of(conn, actor.account_id, skill_id)
        if people or needs:
            raise Conflict(_in_use(skill.name, people, needs), code="skill_in_use")
        await store.delete_skill(conn, actor.account_id, skill_id)
        await _changed(conn, actor)
    parts.wake.touch(actor.account_id)


def _in_use(name: str, people: Sequence[str], needs: Sequence[str]) -> str:
    """Where it has to be taken out first."""
    if not needs:
        return f"“{name}” is in use. These people have it: {_some(people)}. Take it away from them first."
    if not people:
        return f"“{name}” is in use. It is needed by: {_some(needs)}. Take it out there first."
    return f"“{name}” is in use. These people have it: {_some(people)}. It is needed by: {_some(needs)}. Take it out there first."


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:NAMED]) + (" …" if len(names) > NAMED else "")


async def create_need(parts: Parts, actor: Actor, wanted: Need) -> Need:
    """Raises `Invalid` for what can never apply, `NotFound` for a skill that is not there."""
    actor.require(ACCOUNT_ACCESS)
    checked = await _checked(parts, actor, wanted)
    async with parts.db.transaction() as conn:
        await lock(conn, actor.account_id)
        await _skill(conn, actor, wanted.skill_id)
        known = await store.needs(conn, actor.account_id)
        if len(known) >= NEEDS_MAX:
            raise Conflict(f"An account says at most {NEEDS_MAX} times what needs a skill.", code="too_many_needs")
        same = next((one for one in known if msgspec.structs.replace(one, id=0) == checked), None)
        if same is not None:
            return same
        made = await store.insert_need(conn, actor.account_id, checked)
        await _changed(conn, actor)
    parts.wake.touch(actor.account_id)
    return msgspec.structs.replace(checked, id=made)


async def delete_need(parts: Parts, actor: Actor, need_id: int) -> None:
    actor.require(ACCOUNT_ACCESS)
    async with parts.db.transaction() as conn:
        await lock(conn, actor.account_id)
        if await store.need(conn, actor.account_id, need_id) is None:
            raise NotFound("There is no such need of a skill.", code="unknown_need")
        await store.delete_need(conn, actor.account_id, need_id)
        await _changed(conn, actor)
    parts.wake.touch(actor.account_id)


async def _checked(parts: Parts, actor: Actor, wanted: Need) -> Need:
    """Only what its source goes by."""
    value = one_line(wanted.value, VALUE_CHARS).strip()
    if wanted.source == "channel_account":
        async with parts.db.connection() as conn:
            row = await channel_accounts.get(conn, actor.account_id, wanted.channel_account_id or 0)
        if row is None or row.archived_at is not None:
            raise Invalid("There is no such channel account.", code="unknown_channel_account", field="channel_account_id")
        return Need(skill_id=wanted.skill_id, source="channel_account", channel_account_id=row.id)
    if wanted.source == "subject":
        if not words(value):
            raise Invalid("Write a word that stands in the subject.", code="no_words", field="value")
        return Need(skill_id=wanted.skill_id, source="subject", value=value)
    if wanted.property not in {one.key for one in await list_properties(parts, actor) if one.deleted_at is None}:
        raise Invalid("There is no such property of contacts. Define it first.", code="unknown_property", field="property")
    if not value:
        raise Invalid("Say which value of the property needs the skill.", code="no_value", field="value")
    return Need(skill_id=wanted.skill_id, source="contact", property=wanted.property, value=value)


async def _category(conn: Connection, actor: Actor, category_id: int) -> SkillCategory:
    found = await store.category(conn, actor.account_id, category_id)
    if found is None:
        raise NotFound("There is no such category of skills.", code="unknown_category")
    return found


async def _skill(conn: Connection, actor: Actor, skill_id: int) -> Skill:
    found = await store.skill(conn, actor.account_id, skill_id)
    if found is None:
        raise NotFound("There is no such skill.", code="unknown_skill")
    return found


async def _changed(conn: Connection, actor: Actor) -> None:
    await events.add(conn, actor.account_id, "skills.changed")


def _name(text: str) -> str:
    name = one_line(text, NAME_CHARS + 1).strip()
    if not name:
        raise Invalid("Give it a name.", code="no_name", field="name")
    if len(name) > NAME_CHARS:
        raise Invalid(f"A name has at most {NAME_CHARS} characters.", code="too_long", field="name")
    return name


def _taken(name: str) -> Conflict:
    return Conflict(f"There is “{name}” already.", code="name_taken")
