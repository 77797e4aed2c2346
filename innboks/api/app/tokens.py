"""API tokens of the person who asks."""

from datetime import datetime

import msgspec
from litestar import delete, get, post
from litestar.params import JSONBody

from innboks.api.call import Call, Input, Items, Name, PathId
from innboks.core.accounts import tokens


class TokenOut(msgspec.Struct):
    id: str
    name: str
    created_at: datetime
    seen_at: datetime | None


class FreshToken(msgspec.Struct):
    """`token` is shown this once."""

    id: str
    name: str
    token: str


class NewToken(Input):
    name: Name


@get("/tokens", operation_id="list_tokens", tags=["tokens"], summary="My API tokens")
async def list_tokens(request: Call) -> Items[TokenOut]:
    found = await tokens.list_tokens(request.parts, request.actor)
    return Items([TokenOut(str(token.id), token.name, token.created_at, token.seen_at) for token in found])


@post("/tokens", operation_id="create_token", tags=["tokens"], summary="Make an API token")
async def create_token(request: Call, data: JSONBody[NewToken]) -> FreshToken:
    token_id, token = await tokens.create_token(request.parts, request.actor, data.name)
    return FreshToken(str(token_id), data.name.strip(), token)


@delete("/tokens/{token_id:str}", operation_id="revoke_token", tags=["tokens"], summary="Revoke an API token")
async def revoke_token(request: Call, token_id: PathId) -> None:
    await tokens.revoke_token(request.parts, request.actor, token_id)


routes = [list_tokens, create_token, revoke_token]
