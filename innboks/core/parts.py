"""What the core works with: one small struct, made in `app.py`, handed to every use case as its first argument."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from innboks.config import Settings
    from innboks.core.accounts.actors import Actors
    from innboks.core.channel_accounts.directory import Directory
    from innboks.core.deliveries.together import Together
    from innboks.core.events.wake import Wake
    from innboks.core.jobs import Jobs
    from innboks.lib.clock import Clock
    from innboks.lib.crypto import Vault
    from innboks.lib.db import Database
    from innboks.lib.files import Files
    from innboks.lib.limits import Limits
    from innboks.sdk.http import HttpClient
    from innboks.sdk.parsing import Parsing
    from innboks.sdk.registry import Registry


@dataclass(frozen=True, slots=True)
class Parts:
    """The running parts of one process. `directory` knows the channel accounts, `wake` tells other processes about new events,
    `jobs` writes background work into the caller's transaction, `together` takes in what arrives at the same moment, `parsing` keeps slow parsers off the event loop,
    `actors` remembers who asked a moment ago, `arrivals` how much came in for each account, `trials` how often others' servers were tried for it."""

    settings: "Settings"
    db: "Database"
    files: "Files"
    vault: "Vault"
    clock: "Clock"
    http: "HttpClient"
    registry: "Registry"
    parsing: "Parsing"
    directory: "Directory"
    wake: "Wake"
    jobs: "Jobs"
    together: "Together"
    actors: "Actors"
    arrivals: "Limits"
    trials: "Limits"
