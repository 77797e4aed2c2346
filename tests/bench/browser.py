"""The agent app in a real browser, with 50 000 conversations in one view and one conversation of 5 000 messages.

What a person feels is measured by `web/bench/browser.mjs`; here the data is made and the figures get their bars (UI.md, section 11). The
memory figure takes INNBOKS_BENCH_SOAK_S seconds of switching between conversations: 120 when nothing is said, 3600 for the whole hour.
"""

import asyncio
import json
import os
import shutil
from collections.abc import Callable

import psycopg

from tests.bench.figures import Figure
from tests.bench.place import PASSWORD, PERSON, ROOT, Installation
from tests.ports import free_port

WEB = ROOT / "web" / "bench"
LONG = 5_000
BESIDE_SOAK_S = 1_800.0
"""All but the switching is given up after so long."""
# Answered by a colleague: 2 500 answers of one's own in one conversation would be what `pages` meets in the list of what one has sent.
_LONG = """
insert into conversation (account_id, id, inbox_id, channel_account_id, contact_id, status, subject, preview, party_address, last_message_at)
select account_id, 900000000, inbox_id, channel_account_id, contact_id, 'closed', 'The longest of all', 'The end', party_address, now()
from conversation where account_id = 1 order by id limit 1 on conflict do nothing;
insert into message (account_id, id, conversation_id, channel_account_id, type, direction, author_id, contact_id, sender, text, created_at)
select 1, 900000000 + n, c.id, c.channel_account_id, case when n % 2 = 0 then 'reply' else 'message' end,
    case when n % 2 = 0 then 'out' else 'in' end, case when n % 2 = 0 then u.id end, c.contact_id,
    '{"address": "long@example.net", "name": "Customer"}', repeat('Is it on its way by now? ', 1 + n % 9), now() - make_interval(mins => %(long)s - n)
from conversation c, generate_series(1, %(long)s) n, (select max(id) as id from app_user where account_id = 1) u
where c.account_id = 1 and c.id = 900000000 on conflict do nothing;
update conversation set message_count = %(long)s, last_message_id = 900000000 + %(long)s, last_type = 'message' where account_id = 1 and id = 900000000;
"""


async def browser(place: Installation, say: Callable[[str], None]) -> list[Figure]:
    async with await psycopg.AsyncConnection.connect(place.dsn, autocommit=True, cursor_factory=psycopg.AsyncClientCursor) as conn:
        await conn.execute(_LONG.replace("n % ", "n %% "), {"long": LONG})
    has_lighthouse = await _lighthouse(say)
    soak_s = int(os.environ.get("INNBOKS_BENCH_SOAK_S", "120"))
    facts = {
        "url": f"http://{place.host}:{place.port}",
        "email": PERSON,
        "password": PASSWORD,
        "longId": "900000000",
        "soakS": soak_s,
        "debugPort": free_port(),
        "lighthouse": has_lighthouse,
    }
    child = await asyncio.create_subprocess_exec(
        str(ROOT / "scripts" / "npm"),
        "exec",
        "--silent",
        "--",
        "node",
        str(WEB / "browser.mjs"),
        json.dumps(facts),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(BESIDE_SOAK_S + soak_s):
        out, told = await child.communicate()
    for line in told.decode().splitlines():
        say(line)
    assert child.returncode == 0, told.decode()[-2000:]
    got = json.loads(out.decode().splitlines()[-1])
    slow = "4 times slower processor, 10 Mbit/s, 40 ms"
    figures = [
        _figure("script to the first inbox (gzip)", got["script_kb"], "KB", 180),
        _figure("inbox usable, cold", got["cold_ms"], "ms", 2_000, slow),
        _figure("inbox usable, warm", got["warm_ms"], "ms", 800, slow),
        _figure("J to the next conversation painted, p95", got["j_p95_ms"], "ms", 100, f"median {got['j_median_ms']:.0f} ms"),
        _figure("key press to character, thread of 5 000, p95", got["key_p95_ms"], "ms", 50),
        _figure(
            "frame while scrolling the list, p95",
            got["scroll_frame_p95_ms"],
            "ms",
            None,
            f"{got['scroll_rows']} rows; 16.7 ms are 60 frames a second",
        ),
        _figure("blank frames while scrolling the list", got["scroll_blank"], "", 0),
        _figure("jumps while scrolling the list", got["scroll_jumps"], "", 0),
        _figure("heap after use", got["heap_mb"], "MB", 250, f"{got['switches']} switches in {soak_s} s"),
        _figure("heap's trend in the second half, without compiled code, per 1 000 switches", got["heap_trend_mb"], "MB", 2),
        _figure("page nodes' trend in the second half, per 1 000 switches", got["nodes_trend"], "", 500),
    ]
    if has_lighthouse:
        for name in ("performance", "accessibility"):
            value = float(got[f"lighthouse_{name}"])
            figures.append(Figure(row="browser", name=f"Lighthouse {name}", value=value, unit="", bar=95, must_be="at least"))
    return figures


def _figure(name: str, value: float, unit: str, bar: float | None, reference: str = "") -> Figure:
    return Figure(row="browser", name=name, value=value, unit=unit, bar=bar, reference=reference)


async def _lighthouse(say: Callable[[str], None]) -> bool:
    """Lighthouse weighs more than the whole app with its tools, so it is installed only here, when it is needed."""
    if not (WEB / "node_modules" / "lighthouse").exists():
        say("installing Lighthouse (once)")
        npm = await asyncio.create_subprocess_exec(str(ROOT / "scripts" / "npm"), "ci", "--silent", "--prefix", str(WEB))
        if await npm.wait() != 0:
            shutil.rmtree(WEB / "node_modules", ignore_errors=True)
            raise RuntimeError("Lighthouse could not be installed: run “scripts/npm ci --prefix web/bench” to see why.")
    return True
