"""The checks of channels find what is wrong. The sound channel is Echo (`tests/channel_folders`); each test breaks it in one way."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from shutil import copytree

import pytest

from innboks.errors import Conflict, Invalid, Uncertain
from innboks.scaffold import FILES, new_channel
from innboks.sdk.contract import Abilities, Channel, Context, Happening, Inbound, Outgoing, Sent
from innboks.sdk.registry import discover
from innboks.sdk.testing import CHECKS, Subject

ROOT = Path(__file__).parent.parent.parent
FOLDERS = ROOT / "tests" / "channel_folders"
ECHO = discover([FOLDERS]).get("echo")


async def sentences_of(channel: Channel, check: str, folder: Path = FOLDERS / "echo") -> str:
    return "\n".join(await CHECKS[check](Subject(channel, folder)))


async def test_a_sound_channel_gets_no_sentence() -> None:
    assert [await sentences_of(ECHO, check) for check in CHECKS] == [""] * len(CHECKS)


async def test_a_channel_that_believes_everybody_is_found() -> None:
    class Trusting(type(ECHO)):  # type: ignore[misc]
        def verify(self, ctx: Context, inbound: Inbound) -> None:
            pass

    assert "anybody could send it" in await sentences_of(Trusting(), "damaged")


async def test_a_parser_that_breaks_on_damage_is_found() -> None:
    class Fragile(type(ECHO)):  # type: ignore[misc]
        def parse(self, ctx: Context, inbound: Inbound) -> Sequence[Happening]:
            if not inbound.body:
                raise KeyError("id")
            return super().parse(ctx, inbound)

    assert "raises KeyError instead of Unrecognised" in await sentences_of(Fragile(), "damaged")


async def test_a_channel_that_takes_any_answer_for_success_is_found() -> None:
    class Hopeful(type(ECHO)):  # type: ignore[misc]
        async def send(self, ctx: Context, outgoing: Outgoing) -> Sent:
            try:
                return await super().send(ctx, outgoing)
            except Exception:
                return Sent(external_ids=["e-77"])

    said = await sentences_of(Hopeful(), "misbehaving")
    assert said.count("taken for success") == 9


async def test_an_error_of_the_wrong_class_is_found() -> None:
    class Careless(type(ECHO)):  # type: ignore[misc]
        async def send(self, ctx: Context, outgoing: Outgoing) -> Sent:
            try:
                return await super().send(ctx, outgoing)
            except Exception as error:
                raise Uncertain("Who knows.", detail=ctx.config.api_token) from error

    said = await sentences_of(Careless(), "misbehaving")
    assert "when the provider answers 500, Uncertain is raised; it has to be Retry." in said
    assert "shows a secret" in said


async def test_another_request_than_the_fixture_says_is_found() -> None:
    class Shouting(type(ECHO)):  # type: ignore[misc]
        async def send(self, ctx: Context, outgoing: Outgoing) -> Sent:
            response = await ctx.http.send("PUT", f"{ctx.config.url}/rooms", json={"to": "leo", "text": outgoing.text.upper()})
            return Sent(external_ids=[response.json()["id"]])

    said = await sentences_of(Shouting(), "going out")
    assert "the method should be POST, but is PUT" in said
    assert "WE WILL LOOK INTO IT" in said


async def test_a_channel_that_says_nothing_of_itself_is_found(tmp_path: Path) -> None:
    class Silent(type(ECHO)):  # type: ignore[misc]
        abilities = Abilities(text_limit=1)

    folder = copytree(FOLDERS / "echo", tmp_path / "echo")
    (folder / "icon.svg").unlink()
    assert (
        await sentences_of(Silent(), "facts", folder) == "`icon.svg` is not written yet: the channel's icon, 24 by 24, in `currentColor`."
    )


async def test_every_check_of_a_new_channel_fails_with_a_sentence(tmp_path: Path) -> None:
    files = new_channel("carrier_pigeon", tmp_path)
    assert {str(file.relative_to(tmp_path / "carrier_pigeon")) for file in files} == set(FILES)
    channel = discover([tmp_path]).get("carrier_pigeon")
    said = {check: await sentences_of(channel, check, tmp_path / "carrier_pigeon") for check in CHECKS}
    assert all(said.values()), said
    for sentence in "\n".join(said.values()).splitlines():
        assert sentence.endswith("."), sentence


def test_a_new_channel_passes_the_linter(tmp_path: Path) -> None:
    new_channel("semaphore", tmp_path)
    for command in (["check"], ["format", "--check"]):
        ran = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--config", str(ROOT / "pyproject.toml"), str(tmp_path)],
            capture_output=True,
            text=True,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("name", ["", "Telegram", "two words", "../up", "class", "a", "1st", "x" * 41])
def test_a_name_that_cannot_be_a_kind_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="one word in small letters"):
        new_channel(name, tmp_path)


def test_a_channel_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    new_channel("semaphore", tmp_path)
    with pytest.raises(Conflict, match="already"):
        new_channel("semaphore", tmp_path)
