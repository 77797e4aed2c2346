"""The very first start: make the account and its administrator (afterwards that answers 409 for good), and what is done of the steps that follow."""

from typing import Annotated

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody

from innboks import __version__
from innboks.api.app.session import SessionOut, signed_in
from innboks.api.call import IS_PUBLIC, Call, Input, Name
from innboks.core.accounts import setup, sign_in
from innboks.core.accounts.models import FirstSteps


class SetupState(msgspec.Struct):
    needed: bool
    version: str
    public_url: str


class NewAccount(Input):
    account_name: Name
    name: Name
    email: Name
    password: Annotated[str, msgspec.Meta(max_length=4096)]


@get("/setup", operation_id="get_setup", tags=["session"], summary="Is there no account yet?", opt=IS_PUBLIC)
async def get_setup(request: Call) -> SetupState:
    parts = request.parts
    return SetupState(await setup.is_setup_needed(parts), __version__, parts.settings.url)


@post("/setup", operation_id="create_first_account", tags=["session"], summary="Make the first account and sign in", opt=IS_PUBLIC)
async def create_first_account(request: Call, data: JSONBody[NewAccount]) -> Response[SessionOut]:
    parts = request.parts
    actor = await setup.create_first_account(parts, data.account_name, data.name, data.email, data.password)
    token = await sign_in.start_session(
        parts, actor.account_id, actor.user_id, remote_address=request.remote_address, user_agent=request.visit.user_agent
    )
    return await signed_in(request, actor, token, status=201)


@get("/first-steps", operation_id="get_first_steps", tags=["account"], summary="How far the account is on the way to its first customer")
async def get_first_steps(request: Call) -> FirstSteps:
    return await setup.first_steps(request.parts, request.actor)


routes = [get_setup, create_first_account, get_first_steps]
