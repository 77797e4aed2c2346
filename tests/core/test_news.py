"""What a watcher is told by the other processes: look now, and look often for a while, because somebody waits for a mail."""

import asyncio

import pytest

from innboks.core.channel_accounts.news import News, tell_watcher
from innboks.core.parts import Parts

LONG_S = 3600.0


async def test_while_something_is_expected_the_waits_are_short_and_then_long_again(parts: Parts) -> None:
    news = News(soon_s=0.05, expected_s=1.0)
    hearing = asyncio.create_task(news.hear(parts))
    try:
        early = news.waiter((1, 7))
        await asyncio.wait_for(early(LONG_S), 20)  # whoever begins to listen looks once
        await tell_watcher(parts, 1, 7)
        await asyncio.wait_for(early(LONG_S), 20)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(early(LONG_S), 0.3)  # a push says it once

        await tell_watcher(parts, 1, 7, is_expected=True)
        await asyncio.wait_for(early(LONG_S), 20)
        late = news.waiter((1, 7))  # a watcher that begins only now
        begun = asyncio.get_running_loop().time()
        looks = 0
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(5):
                while True:
                    await late(LONG_S)
                    looks += 1
                    ended = asyncio.get_running_loop().time()
        assert looks >= 3
        assert ended - begun < 2, "no more than the time that was said"
        other = news.waiter((1, 8))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(other(LONG_S), 0.3)
    finally:
        hearing.cancel()
        await asyncio.gather(hearing, return_exceptions=True)
