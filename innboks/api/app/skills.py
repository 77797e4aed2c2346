"""What people can, and which conversations need it."""

from typing import Annotated, Literal

import msgspec
from litestar import delete, get, patch, post
from litestar.params import JSONBody

from innboks.api.call import Call, Id, Input, Items, Name, PathId, number, number_or_none, text_id
from innboks.core.routing import skills
from innboks.core.routing.languages import LANGUAGES
from innboks.core.routing.models import Bearer, Need, NeedSource, Skill, SkillCategory

Text = Annotated[str, msgspec.Meta(max_length=500)]


class SkillCategoryOut(msgspec.Struct):
    id: str
    name: str


class NewSkillCategory(Input):
    name: Name


class BearerOut(msgspec.Struct):
    """`is_main` false: a language that they also speak."""

    user_id: str
    is_main: bool


class SkillOut(msgspec.Struct):
    """A language (ISO 639; `category_id` null), or something else in a category. `need_count`: how many needs ask for it."""

    id: str
    category_id: str | None
    language: str | None
    name: str
    people: list[BearerOut]
    need_count: int


class BearerIn(Input):
    user_id: Id
    is_main: bool = True


class NewSkill(Input):
    """Either `language`, or `category_id` and `name`."""

    language: Annotated[str, msgspec.Meta(max_length=20)] | None = None
    category_id: Id | None = None
    name: Name = ""


class SkillChange(Input):
    """`people`: all who have it from now on."""

    name: Name | None = None
    people: Annotated[list[BearerIn], msgspec.Meta(max_length=skills.PEOPLE_MAX)] | None = None


class NeedOut(msgspec.Struct):
    """Conversations that need a skill: with `value` in the subject, of contacts whose `property` is `value`, or over a channel account."""

    id: str
    skill_id: str
    source: NeedSource
    property: str | None
    value: str
    channel_account_id: str | None


class NewNeed(Input):
    skill_id: Id
    source: Literal["subject", "contact", "channel_account"]
    property: Text | None = None
    value: Text = ""
    channel_account_id: Id | None = None


class LanguageOut(msgspec.Struct):
    """`name` in English."""

    code: str
    name: str


def _category(one: SkillCategory) -> SkillCategoryOut:
    return SkillCategoryOut(str(one.id), one.name)


def _skill(one: Skill, need_count: int = 0) -> SkillOut:
    people = [BearerOut(str(each.user_id), each.is_main) for each in one.people]
    return SkillOut(str(one.id), text_id(one.category_id), one.language, one.name, people, need_count)


def _need(one: Need) -> NeedOut:
    return NeedOut(str(one.id), str(one.skill_id), one.source, one.property, one.value, text_id(one.channel_account_id))


@get("/skill-languages", operation_id="list_skill_languages", tags=["skills"], summary="The languages that can be a skill")
async def list_languages(request: Call) -> Items[LanguageOut]:
    return Items([LanguageOut(code, name) for code, name in LANGUAGES.items()])


@get("/skill-categories", operation_id="list_skill_categories", tags=["skills"], summary="The categories of skills; languages are in none")
async def list_categories(request: Call) -> Items[SkillCategoryOut]:
    return Items([_category(one) for one in await skills.list_categories(request.parts, request.actor)])


@post("/skill-categories", operation_id="create_skill_category", tags=["skills"], summary="Make a category of skills")
async def create_category(request: Call, data: JSONBody[NewSkillCategory]) -> SkillCategoryOut:
    return _category(await skills.create_category(request.parts, request.actor, data.name))


@patch(
    "/skill-categories/{skill_category_id:str}",
    operation_id="rename_skill_category",
    tags=["skills"],
    summary="Rename a category of skills",
)
async def rename_category(request: Call, skill_category_id: PathId, data: JSONBody[NewSkillCategory]) -> SkillCategoryOut:
    return _category(await skills.rename_category(request.parts, request.actor, skill_category_id, data.name))


@delete(
    "/skill-categories/{skill_category_id:str}",
    operation_id="delete_skill_category",
    tags=["skills"],
    summary="Delete a category of skills that is empty",
)
async def delete_category(request: Call, skill_category_id: PathId) -> None:
    await skills.delete_category(request.parts, request.actor, skill_category_id)


@get("/skills", operation_id="list_skills", tags=["skills"], summary="What people can, and who can it")
async def list_skills(request: Call) -> Items[SkillOut]:
    found, needs = await skills.list_skills(request.parts, request.actor)
    return Items([_skill(one, sum(1 for need in needs if need.skill_id == one.id)) for one in found])


@post("/skills", operation_id="create_skill", tags=["skills"], summary="Add a language, or a skill in a category")
async def create_skill(request: Call, data: JSONBody[NewSkill]) -> SkillOut:
    category_id = number_or_none(data.category_id)
    return _skill(await skills.create_skill(request.parts, request.actor, category_id=category_id, name=data.name, language=data.language))


@patch("/skills/{skill_id:str}", operation_id="change_skill", tags=["skills"], summary="Rename a skill, or say who has it")
async def change_skill(request: Call, skill_id: PathId, data: JSONBody[SkillChange]) -> SkillOut:
    people = None if data.people is None else [Bearer(number(one.user_id), one.is_main) for one in data.people]
    after = await skills.change_skill(request.parts, request.actor, skill_id, name=data.name, people=people)
    _, needs = await skills.list_skills(request.parts, request.actor)
    return _skill(after, sum(1 for need in needs if need.skill_id == skill_id))


@delete("/skills/{skill_id:str}", operation_id="delete_skill", tags=["skills"], summary="Delete a skill that is not in use")
async def delete_skill(request: Call, skill_id: PathId) -> None:
    await skills.delete_skill(request.parts, request.actor, skill_id)


@get("/skill-needs", operation_id="list_skill_needs", tags=["skills"], summary="Which conversations need a skill")
async def list_needs(request: Call) -> Items[NeedOut]:
    _, needs = await skills.list_skills(request.parts, request.actor)
    return Items([_need(one) for one in needs])


@post("/skill-needs", operation_id="create_skill_need", tags=["skills"], summary="Say which conversations need a skill")
async def create_need(request: Call, data: JSONBody[NewNeed]) -> NeedOut:
    wanted = Need(
        skill_id=number(data.skill_id),
        source=data.source,
        property=data.property,
        value=data.value,
        channel_account_id=number_or_none(data.channel_account_id),
    )
    return _need(await skills.create_need(request.parts, request.actor, wanted))


@delete(
    "/skill-needs/{skill_need_id:str}", operation_id="delete_skill_need", tags=["skills"], summary="These conversations need it no more"
)
async def delete_need(request: Call, skill_need_id: PathId) -> None:
    await skills.delete_need(request.parts, request.actor, skill_need_id)


routes = [
    list_languages,
    list_categories,
    create_category,
    rename_category,
    delete_category,
    list_skills,
    create_skill,
    change_skill,
    delete_skill,
    list_needs,
    create_need,
    delete_need,
]
