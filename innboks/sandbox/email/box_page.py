"""What the page about the team's own mailboxes may ask: which there are, and playing the provider's bad days.

    GET boxes      POST boxes {"provider", "do", "address"?, …}

Read next: `provider.py`, `static/boxes.js`.
"""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from innboks.errors import Invalid, NotFound
from innboks.sandbox.email.provider import Provider, Trouble, json
from innboks.sandbox.stand_in import Answer, Request

Deed = Literal["open", "token", "withdraw", "expire", "forget", "move", "write", "push", "slow", "fail", "lose"]


class Played(msgspec.Struct, forbid_unknown_fields=True):
    """`open` makes a mailbox; `token` gives a refresh token for scripts; `withdraw` takes leave back; `expire` ends all access tokens; `forget` makes
    every mark of changes worthless; `move` puts the mail `id` into `folder`; `write` sends a mail from another program; `push` says where Pub/Sub
    pushes a topic; `slow`, `fail` and `lose` are for the next `times` calls: slow down, break, do it and lose the answer."""

    provider: str
    do: Deed
    address: str = ""
    id: str = ""
    folder: str = "inbox"
    mail: str = ""
    topic: str = ""
    url: str = ""
    times: int = 1


async def answer_boxes(providers: Mapping[str, Provider], request: Request, rest: list[str]) -> Answer:
    if rest:
        raise NotFound("There is no such thing in the sandbox.")
    if request.method == "GET":
        return json({"providers": [_shown(one) for one in providers.values()]})
    try:
        played = msgspec.json.decode(request.body, type=Played)
    except msgspec.ValidationError as error:
        raise Invalid(f"{error}.") from error
    except msgspec.DecodeError as error:
        raise Invalid("This is not JSON.") from error
    provider = providers.get(played.provider)
    if provider is None:
        raise Invalid("There is no such provider here.", field="provider")
    return json(await _play(provider, played))


def _shown(provider: Provider) -> dict[str, Any]:
    return {
        "provider": provider.key,
        "name": provider.name,
        "boxes": [
            {
                "address": box.address,
                "mails": [
                    {"id": mail.id, "folder": mail.folder, "at": mail.at.isoformat(), "message_id": mail.message_id, "size": len(mail.raw)}
                    for mail in box.newest_first()[:100]
                ],
            }
            for box in provider.boxes.values()
        ],
        "calls": [f"{one.method} {one.path}" for one in list(provider.requests)[-20:]],
    }


async def _play(provider: Provider, played: Played) -> dict[str, Any]:
    if played.do in ("open", "token", "withdraw", "forget", "move", "write") and "@" not in played.address:
        raise Invalid("Write the mailbox's address, like support@tindra.example.", field="address")
    match played.do:
        case "open":
            provider.box(played.address)
        case "token":
            provider.box(played.address)
            return {"refresh_token": provider.oauth.issue(played.address)}
        case "withdraw":
            provider.oauth.withdraw(played.address)
        case "expire":
            provider.oauth.expire()
        case "forget":
            provider.box(played.address).forget_log()
        case "move":
            box = provider.box(played.address)
            if played.id not in box.mails:
                raise NotFound("This mail is not here any more.")
            await box.move(played.id, played.folder)
        case "write":
            mail = await provider.box(played.address).put(played.mail.encode(), played.folder)
            return {"id": mail.id}
        case "push":
            provider.point_pushes(played.topic, played.url)
        case "slow":
            provider.troubles.append(provider.too_fast(played.times))
        case "fail":
            provider.troubles.append(Trouble(call=".", status=500, body="<html><body>Bad gateway</body></html>", times=played.times))
        case "lose":
            provider.troubles.append(Trouble(call="^POST .*(send|sendMail)$", loses_answer=True, times=played.times))
    return {}
