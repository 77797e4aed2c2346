"""How channels are found: every folder in `innboks/channels/`, and in each folder named by INNBOKS_CHANNELS, that says `channels = (…,)`.

Nothing else in the product names a channel, so adding one is adding a folder (DESIGN §7). Read next: `contract.py`.
"""

import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from innboks.errors import NotFound
from innboks.sdk.contract import Channel


class Registry:
    """The channels of this process, by kind."""

    def __init__(self, channels: Sequence[Channel]) -> None:
        self._by_kind: dict[str, Channel] = {}
        self._folders: dict[str, Path] = {}
        for channel in channels:
            if channel.kind in self._by_kind:
                raise ValueError(f"two channels say that they are of kind {channel.kind!r}")
            self._by_kind[channel.kind] = channel
            self._folders[channel.kind] = Path(sys.modules[type(channel).__module__].__file__ or ".").parent

    def __iter__(self) -> Iterator[Channel]:
        return iter(self._by_kind.values())

    def get(self, kind: str) -> Channel:
        """Raises `NotFound` with a sentence for a kind that no folder brings."""
        channel = self._by_kind.get(kind)
        if channel is None:
            known = ", ".join(sorted(self._by_kind)) or "none"
            raise NotFound(f"There is no channel of the kind “{kind}”. Installed: {known}.", code="unknown_channel")
        return channel

    def folder(self, kind: str) -> Path:
        """Where the channel's files are."""
        return self._folders[kind]

    def text_file(self, kind: str, name: str) -> str:
        """A file of the channel's folder (`guide.md`, `icon.svg`), "" when it has none."""
        path = self._folders[kind] / name
        return path.read_text(encoding="utf-8") if path.is_file() else ""

    def words(self, kind: str) -> dict[str, dict[str, str]]:
        """By language, the channel's English texts and what to say instead (`words.nb.json`); "{0}" stands for what is filled in there."""
        return {
            language: msgspec.json.decode(text, type=dict[str, str]) for language, text in self._in_languages(kind, "words.*.json").items()
        }

    def _in_languages(self, kind: str, pattern: str) -> dict[str, str]:
        return {file.name.split(".")[1]: file.read_text(encoding="utf-8") for file in sorted(self._folders[kind].glob(pattern))}

    def describe(self, channel: Channel, settings: Mapping[str, Any]) -> dict[str, Any]:
        """What the agent app needs to draw a channel without knowing it: facts, abilities, the form as JSON Schema, ways to sign in, help and icon.
        `settings` are the operator's."""
        return {
            "kind": channel.kind,
            "name": channel.name,
            "category": channel.category,
            "tagline": channel.tagline,
            "abilities": msgspec.to_builtins(channel.abilities),
            "config_schema": msgspec.json.schema(channel.Config),
            "icon": self.text_file(channel.kind, "icon.svg"),
            "guide": self.text_file(channel.kind, "guide.md"),
            "words": self.words(channel.kind),
            "guides": self._in_languages(channel.kind, "guide.*.md"),
            "can_check": offers(channel, "checks"),
            "can_preview": offers(channel, "preview"),
            "can_watch": offers(channel, "watch"),
            "past_when": channel.past_when,
            "trials": channel.trials,
            "can_be_personal": channel.can_be_personal,
            "sign_ins": msgspec.to_builtins(list(channel.sign_ins(settings))),
        }


def offers(channel: Channel, what: str) -> bool:
    """Has the channel written this optional part of the contract itself?"""
    return getattr(type(channel), what) is not getattr(Channel, what)


def discover(extra: Sequence[Path] = ()) -> Registry:
    """Imports every channel folder: our own, then those in the folders of `extra`."""
    package = importlib.import_module("innboks.channels")
    modules = [importlib.import_module(f"innboks.channels.{found.name}") for found in pkgutil.iter_modules(package.__path__) if found.ispkg]
    modules += [_import_folder(child) for folder in extra for child in sorted(folder.iterdir()) if (child / "__init__.py").is_file()]
    return Registry([channel for module in modules for channel in getattr(module, "channels", ())])


def _import_folder(folder: Path) -> ModuleType:
    name = f"innboks_channel_{folder.name}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, folder / "__init__.py", submodule_search_locations=[str(folder)])
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot import the channel folder {folder}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
