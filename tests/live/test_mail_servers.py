"""Mail servers that misbehave, met by the real worker: they refuse at each command, for now or for good, or take everything and fall silent.

The server is that of the channel's own tests; here the whole road is looked at: what people see, and that the others go on meanwhile.
"""

import os

from innboks.core.jobs import STALLED_AFTER_S
from tests.channels.email.scripted_smtp import HANG, ScriptedServer, scripted
from tests.live.fleet import Fleet, ask, change
from tests.live.senders import write_reply
from tests.live.test_steps import a_conversation
from tests.waiting import until

FOR_NOW = "451 4.3.0 try again later"
FOR_GOOD = "554 5.0.0 no"
COMMANDS = ("GREETING", "EHLO", "MAIL", "RCPT", "DATA", "DOT")


async def test_refusals_at_each_command_are_told_and_nothing_leaves(place: Fleet) -> None:
    """A 4xx: tried again by itself. A 5xx: failed, or held until an admin has mended the connection. Each with a reason."""
    async with scripted() as server:
        await connect(place, server)
        seen: dict[str, tuple[str, str]] = {}
        for answer in (FOR_NOW, FOR_GOOD):
            for command in COMMANDS:
                server.answers = {command: answer, **({"HELO": answer} if command == "EHLO" else {})}
                seen[f"{command} {answer[:3]}"] = await send_one(place, f"{command}{answer[:3]}@example.org")
        assert len(server.mails) == 2, "only those that were refused at the dot got so far"
        for step, (state, reason) in seen.items():
            assert reason, f"{step}: no reason"
            assert state == "queued" if step.endswith("451") else state in ("failed", "queued"), f"{step}: {state}, {reason}"
        assert {seen[f"{command} 554"][0] for command in ("RCPT", "DATA", "DOT")} == {"failed"}


async def test_a_server_that_falls_silent_leaves_one_uncertain_and_stops_nobody(place: Fleet) -> None:
    """It took the whole mail and says nothing. The worker dies while it waits: the answer is uncertain, and was handed over once."""
    async with scripted({"DOT": HANG}) as silent, scripted() as good:
        await connect(place, silent)
        message = await write(place, "waits@example.org")
        await until(lambda: len(silent.mails) == 1, 20, "handing over")
        assert state_of(place, message)[0] == "sending"

        async with place.client("") as http:
            for number in range(20):
                status, _ = await http.request("POST", *place.hook(f"meanwhile{number}", "mia", "I am here too."))
                assert status == 200
        other = await a_conversation(place, "mia2")
        reply = await write_reply(None, place, other, "meanwhile", "So are we.")
        await until(lambda: state_of(place, reply)[0] == "sent", 20, "sending on another channel")

        place.kill("worker")
        await connect(place, good)
        await place.launch("worker")  # this one knows the good server alone, and could hand the answer over to it
        await until(lambda: state_of(place, message)[0] == "uncertain", STALLED_AFTER_S + 20, "the dead worker's job")
        assert "may have" in state_of(place, message)[1]
        assert (len(silent.mails), len(good.mails)) == (1, 0), "an uncertain mail is never sent again by itself"
        async with place.client() as api:
            status, _ = await api.request("POST", f"/api/messages/{message}/retry", b"{}", {"Content-Type": "application/json"})
            assert status == 409, "sending it again needs a person who knows"
            await api.json("POST", f"/api/messages/{message}/retry", {"even_if_uncertain": True})
        await until(lambda: state_of(place, message)[0] == "sent", 20, "sending it again")
        assert len(good.mails) == 1


async def connect(place: Fleet, server: ScriptedServer) -> None:
    """Lets the team's address send through this server."""
    config = {
        "method": "forwarding",
        "address": "support@tindra.example",
        "smtp_host": "127.0.0.1",
        "smtp_port": server.port,
        "smtp_tls": "none",
    }
    async with place.client() as api:
        await api.json("PATCH", f"/api/channel-accounts/{place.mail['id']}", {"config": config})


async def write(place: Fleet, to: str) -> str:
    """A new mail to somebody; the message's id."""
    async with place.client() as api:
        given = {
            "channel_account_id": place.mail["id"],
            "to": [to],
            "subject": f"About {to}",
            "text": "Hello.",
            "client_id": os.urandom(6).hex(),
        }
        return str((await api.json("POST", "/api/conversations", given))["message"]["id"])


async def send_one(place: Fleet, to: str) -> tuple[str, str]:
    """(state, reason) after the first try. It is then out of the way, and a connection that broke by it is mended."""
    message = await write(place, to)
    await until(lambda: state_of(place, message)[1] != "", 20, f"a reason for {to}")
    found = state_of(place, message)
    await change(place.dsn, f"update dispatch set state = 'failed', held_for = null where message_id = {message} returning 1")
    await change(place.dsn, "update channel_account set is_authorized = true returning 1")
    return found


def state_of(place: Fleet, message: str) -> tuple[str, str]:
    ((state, reason),) = ask(place.dsn, f"select state, reason from dispatch where message_id = {message}")
    return str(state), str(reason)
