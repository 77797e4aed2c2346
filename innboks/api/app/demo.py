"""Demo data: how the account stands with it, loading it and removing it. Read next: `core/demo/demo.py`."""

from datetime import datetime

import msgspec
from litestar import delete, get, post

from innboks.api.call import Call
from innboks.core.demo import demo
from innboks.core.demo.models import Demo, State


class DemoOut(msgspec.Struct):
    """`state`: none, loading, loaded, failed (loading; nothing of it is left), removing or removed. `done` of `total`: how far it is. `kept`: how much
    stayed when it was removed. `can_be_kept_until`: so long its removal can be taken back. `is_of_operator`: the command line loaded it."""

    state: State
    done: int
    total: int
    kept: int
    can_be_kept_until: datetime | None
    is_of_operator: bool


def _shown(found: Demo) -> DemoOut:
    return DemoOut(found.state, found.done, found.total, found.kept, found.remove_at, found.is_of_operator)


@get("/demo", operation_id="get_demo", tags=["account"], summary="Is there demo data, and how far is it?")
async def get_demo(request: Call) -> DemoOut:
    return _shown(await demo.demo_of(request.parts, request.actor))


@post("/demo", operation_id="load_demo", tags=["account"], summary="Load demo data, in the background", status_code=202)
async def load_demo(request: Call) -> DemoOut:
    return _shown(await demo.load(request.parts, request.actor))


@delete("/demo", operation_id="remove_demo", tags=["account"], summary="Remove exactly what the demo made, in a moment", status_code=202)
async def remove_demo(request: Call) -> DemoOut:
    return _shown(await demo.remove(request.parts, request.actor))


@post("/demo/kept", operation_id="keep_demo", tags=["account"], summary="Take the removal back, while it has not begun", status_code=200)
async def keep_demo(request: Call) -> DemoOut:
    return _shown(await demo.keep(request.parts, request.actor))


routes = [get_demo, load_demo, remove_demo, keep_demo]
