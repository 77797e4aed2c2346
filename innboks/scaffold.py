"""`innboks new-channel NAME`: writes the folder of a new channel, which is all that a channel is.

Why it exists: whoever adds a channel begins with files in the right places and checks that say, a sentence each, what is still to be done
(`sdk/testing.py`). Nothing written here works by itself: it refuses everything until it is filled. Read next: `sdk/contract.py`.
"""

import keyword
import re
from pathlib import Path

from innboks.errors import Conflict, Invalid
from innboks.sdk.registry import discover

OURS = Path(__file__).parent / "channels"


def new_channel(name: str, into: Path | None = None) -> list[Path]:
    """Writes the folder `name` into `into` (default: the product's own channels) and returns its files.

    Raises Invalid for a name that cannot be a kind, Conflict when there is such a channel or folder already."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,39}", name) or keyword.iskeyword(name):
        raise Invalid(f"“{name}” cannot be the name of a channel. Write one word in small letters, such as telegram.", field="name")
    folder = (into or OURS) / name
    if folder.exists() or name in {channel.kind for channel in discover()}:
        raise Conflict(f"There is a channel “{name}” already. Choose another name.", code="channel_exists")
    if not folder.parent.is_dir():
        raise Invalid(f"“{folder.parent}” is not a folder. Make it first, and name it in INNBOKS_CHANNELS.", field="into")
    title = name.replace("_", " ").title()
    words = {"@KIND@": name, "@TITLE@": title, "@CLASS@": title.replace(" ", "")}
    written = []
    for place, text in FILES.items():
        file = folder / place
        file.parent.mkdir(parents=True, exist_ok=True)
        for word, value in words.items():
            text = text.replace(word, value)
        file.write_text(text, encoding="utf-8")
        written.append(file)
    return written


FILES = {
    "__init__.py": '''"""@TITLE@: what it can do, what it cannot, and where its documentation is.

Read next: `channel.py`.
"""

from .channel import @CLASS@

channels = (@CLASS@(),)
''',
    "channel.py": '''"""@TITLE@ as a channel: connects, proves and reads what comes in, sends what goes out. Read next: `payloads.py`, `fixtures/`."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from innboks.errors import BadSignature, Invalid, Rejected, Unrecognised
from innboks.sdk.contract import Channel, Connected, Context, Happening, Inbound, Outgoing, Sent

from .payloads import Payload

API = "https://api.@KIND@.example"
"""Where the provider's API is. INNBOKS_<PROVIDER>_URL takes its place."""


class Config(msgspec.Struct, kw_only=True, frozen=True):
    """What an admin fills in; its JSON Schema draws the form."""

    token: Annotated[str, Meta(title="Token", description="From the provider's pages.", extra_json_schema={"writeOnly": True})]


class @CLASS@(Channel):
    kind = "@KIND@"
    name = "@TITLE@"
    category = "messaging"
    Config = Config
    # Say here what the channel can do: abilities = Abilities(text_limit=4096, media_types=("image/*",), …)

    async def connect(self, ctx: Context) -> Connected:
        """Asks the provider whose token this is, and returns the one thing that may be connected once."""
        raise Invalid("Nothing can be connected yet: write `connect` in channel.py.")

    def verify(self, ctx: Context, inbound: Inbound) -> None:
        """Compares the proof that the provider sends along, in constant time (`hmac.compare_digest`)."""
        raise BadSignature("Nothing is proved yet: write `verify` in channel.py.")

    def parse(self, ctx: Context, inbound: Inbound) -> Sequence[Happening]:
        """Bytes → happenings, without any input or output."""
        try:
            msgspec.json.decode(inbound.body, type=Payload)
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            raise Unrecognised("This is not a payload of @TITLE@.") from error
        raise Unrecognised("Nothing is understood yet: write `parse` in channel.py.")

    async def send(self, ctx: Context, outgoing: Outgoing) -> Sent:
        """Sends by `ctx.http`, which raises the right error for what providers usually answer; see the table in `sdk/testing.py`."""
        raise Rejected("Nothing is sent yet: write `send` in channel.py.")


def api(ctx: Context) -> str:
    """The provider's API, or what the operator named instead."""
    return str(ctx.settings.get("provider_urls", {}).get("@KIND@", API))
''',
    "payloads.py": '''"""The JSON of @TITLE@ as structs: only the fields that we read, each with the provider's own name."""

import msgspec


class Payload(msgspec.Struct):
    """What comes in by webhook. Link the page of the provider's documentation here."""

    id: str = ""
''',
    "guide.md": """# @TITLE@

placeholder: say here what an admin has to do, step by step, on the provider's pages and on ours. It is shown beside the form.
""",
    "guide.nb.md": """# @TITLE@

placeholder: the same in Norwegian.
""",
    "words.nb.json": """{
  "@TITLE@": "@TITLE@",
  "Token": "Nøkkel",
  "From the provider's pages.": "Fra leverandørens sider.",
  "Nothing can be connected yet: write `connect` in channel.py.": "Ingenting kan kobles til ennå: Skriv `connect` i channel.py.",
  "Nothing is proved yet: write `verify` in channel.py.": "Ingenting er bevist ennå: Skriv `verify` i channel.py.",
  "This is not a payload of @TITLE@.": "Dette er ikke fra @TITLE@.",
  "Nothing is understood yet: write `parse` in channel.py.": "Ingenting forstås ennå: Skriv `parse` i channel.py.",
  "Nothing is sent yet: write `send` in channel.py.": "Ingenting sendes ennå: Skriv `send` i channel.py."
}
""",
    "icon.svg": """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="currentColor"><!-- placeholder --></svg>
""",
    "fixtures/config.json": """{"token": "a-token-for-tests"}
""",
    "fixtures/connect.json": """{
  "placeholder": "replace this: what `connect` asks, and what it finds out",
  "exchange": [{"request": {"method": "GET", "path": "/me"}, "answer": {"json": {"id": "1", "name": "Example"}}}],
  "result": {"identity": "1", "name": "Example"}
}
""",
    "fixtures/in_text.http": """POST / HTTP/1.1
content-type: application/json
x-signature: placeholder

{"placeholder": "replace this request by one that the provider really sends"}
""",
    "fixtures/in_text.json": """[
  {
    "type": "message",
    "external_id": "placeholder",
    "sender": {"address": "leo", "name": "Leo Example", "role": "from"},
    "text": "Is anybody there?",
    "thread": [{"how": "party", "value": "leo", "label": "sender"}]
  }
]
""",
    "fixtures/out_text.json": """{
  "placeholder": "replace this: a message, the requests that send it, and the ids that it gets",
  "outgoing": {"text": "We will look into it.", "recipients": [{"address": "leo"}]},
  "exchange": [{"request": {"method": "POST", "path": "/messages", "json": {"text": "We will look into it."}}, "answer": {"json": {"id": "77"}}}],
  "result": {"external_ids": ["77"]}
}
""",
}
"""What is written, by its place in the folder. @KIND@, @TITLE@ and @CLASS@ become the channel's own. Whatever says "placeholder" fails its check."""
