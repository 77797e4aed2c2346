"""Every route of the server, and the framework's settings around them. Read next: `guard.py`, which stands before it all."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar, Router
from litestar.datastructures import State

from innboks.api import health, schema, stream
from innboks.api.app import (
    attachments,
    brand,
    bulk,
    channel_accounts,
    contact_list,
    contact_merges,
    contact_properties,
    contact_transfers,
    contacts,
    conversations,
    deliveries,
    demo,
    filters,
    frames,
    inboxes,
    library,
    messages,
    notifications,
    originals,
    people,
    pictures,
    presence,
    radar,
    rearrangements,
    reminders,
    roles,
    routing,
    search,
    session,
    setting_up,
    setup,
    sign_ins,
    skills,
    snippets,
    tags,
    teams,
    tickets,
    tokens,
    users,
    views,
    waiting,
)
from innboks.api.call import Call, require_actor
from innboks.api.problems import answer_error
from innboks.config import LIMIT_ACCOUNT, LIMIT_PERSON
from innboks.core.events.tail import Tail
from innboks.core.parts import Parts
from innboks.lib.limits import Limits

BODY_SIZE = 2 * 1024 * 1024
"""Bytes of a JSON body. Files have their own limit (`app/attachments.py`)."""
PER_STRANGER_S, PER_STRANGER_BURST = 10.0, 200.0


def openapi() -> dict[str, Any]:
    """The OpenAPI description; needs no database."""
    return schema.describe(litestar_app(None))


def litestar_app(parts: Parts | None) -> Litestar:
    """The framework's application with all routes. Without parts it can only describe itself."""
    nouns: list[Any] = [
        setup,
        session,
        users,
        people,
        routing,
        skills,
        roles,
        teams,
        tickets,
        tokens,
        inboxes,
        brand,
        pictures,
        channel_accounts,
        setting_up,
        sign_ins,
        views,
        conversations,
        messages,
        notifications,
        originals,
        presence,
        reminders,
        waiting,
        contact_list,
        contacts,
        contact_merges,
        contact_properties,
        contact_transfers,
        snippets,
        library,
        attachments,
        deliveries,
        demo,
        filters,
        radar,
        tags,
        bulk,
        rearrangements,
        search,
    ]
    api = Router("/api", route_handlers=[*(route for noun in nouns for route in noun.routes), *stream.routes])
    app = Litestar(
        [api, *frames.routes, *health.routes, *schema.routes],
        request_class=Call,
        guards=[require_actor],
        exception_handlers={Exception: answer_error},
        request_max_body_size=BODY_SIZE,
        openapi_config=schema.config,
        logging_config=None,
        lifespan=[_following],
    )
    give(app, parts)
    return app


def give(app: Litestar, parts: Parts | None) -> None:
    """What the routes work with. To make them takes half a second; they can be given other parts while the application does not run."""
    app.state = State(
        {
            "parts": parts,
            "tail": None if parts is None else Tail(parts, stream.frames_of),
            "people": Limits(LIMIT_PERSON if parts is None else parts.settings.limit_person),
            "accounts": Limits(
                LIMIT_ACCOUNT if parts is None else parts.settings.limit_account,
                sentence="Everybody of this account together asks too often. Wait a moment.",
            ),
            "strangers": Limits(PER_STRANGER_S, PER_STRANGER_BURST),
            "searches": Limits(search.PER_PERSON_S, search.PER_PERSON_BURST),
        }
    )


@asynccontextmanager
async def _following(app: Litestar) -> AsyncIterator[None]:
    """While the app runs, the event log is followed."""
    tail: Tail = app.state["tail"]
    await tail.start()
    try:
        yield
    finally:
        await tail.stop()
