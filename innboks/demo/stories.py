"""Eight weeks of an invented shop as a plan: who writes what, when, and what the team does with it. Pure; `load.py` makes it happen.

Customers write at all hours, less at night; the team answers on weekdays between eight and five. What would lie in the future is left out, so the
newest conversations are unanswered, as they are in life.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta, timezone
from typing import Literal

import msgspec

from innboks.demo import texts
from innboks.demo.people import TEAM, Customer, customers
from innboks.demo.texts import Paper, Topic

WEEKS = 8
LAST_HOURS = range(8)
"""Stories of the last few hours, so that somebody always waits for an answer."""
WAITED_FOR = range(8, 8 + len(TEAM))
"""Stories that somebody of the team took days ago and answered: each has some of their own, and there are open tickets at any hour of any day."""
LEFT_FOR = timedelta(hours=30)
"""What is older was answered and closed: nobody waits for weeks."""
TICKETS_OF = "returns"
"""What comes to this address becomes a ticket when somebody takes it."""
OPENS, CLOSES = 8, 17
ZONE = timezone(timedelta(hours=1))
_HOURS = (1, 1, 0, 0, 0, 1, 2, 5, 8, 10, 10, 9, 8, 8, 9, 9, 8, 7, 7, 8, 9, 8, 5, 3)
"""How many customers write in each hour of the day, relative to one another."""

What = Literal["mail", "automatic", "reply", "comment", "assign", "close", "spam", "report"]
Trouble = Literal["", "bounce", "full", "spam", "hang", "report"]


class Story(msgspec.Struct, kw_only=True):
    """One customer with one concern. `trouble` is what their mailbox does with our first answer; who is waited for does not write again."""

    customer: Customer
    topic: Topic
    subject: str = ""
    trouble: Trouble = ""
    is_waited_for: bool = False


class Step(msgspec.Struct, kw_only=True):
    """Something that happens at `at`. `who` is one of the team, by number; "mail" and "automatic" are the customer's."""

    at: datetime
    what: What
    story: Story
    text: str = ""
    who: int = 0
    paper: Paper = ""


TROUBLES: tuple[Trouble, ...] = ("bounce", "bounce", "full", "spam", "hang", "hang", "report", "report", "report", "report")


def plan(chance: random.Random, now: datetime, wanted: int, troubles: Sequence[Trouble] = TROUBLES) -> list[Step]:
    """So many stories, as steps in the order of time, none after `now`. `troubles`: one story for each has it."""
    now = now.astimezone(ZONE)
    people = customers(chance, max(12, wanted * 3 // 4))  # some of each language
    steps: list[Step] = []
    for nth in range(wanted):
        opened = now - timedelta(minutes=chance.uniform(2, 300)) if nth in LAST_HOURS else _opening_time(chance, now)
        is_troubled = 20 <= nth < 20 + len(troubles)
        story = _story(chance, people, chance.choices(texts.TOPICS, [topic.weight for topic in texts.TOPICS])[0])
        if is_troubled:
            story.trouble = troubles[nth - 20]
            opened = now - timedelta(days=chance.uniform(0.8, 6))
        if nth in WAITED_FOR:
            story = _story(chance, people, chance.choice([topic for topic in texts.TOPICS if topic.address == TICKETS_OF]))
            story.is_waited_for = True
            opened = now - timedelta(days=chance.uniform(4, 8))  # before any weekend that is near
        steps += _steps(chance, story, opened, now, agent=nth % len(TEAM) if nth in WAITED_FOR else chance.randrange(len(TEAM)))
    steps += _unwanted(chance, people, now)
    return sorted((step for step in steps if step.at <= now), key=lambda step: step.at)


def _story(chance: random.Random, people: list[Customer], topic: Topic) -> Story:
    speakers = [one for one in people if one.language == topic.language]
    return Story(customer=chance.choice(speakers), topic=topic)


def _steps(chance: random.Random, story: Story, opened: datetime, now: datetime, agent: int) -> Iterator[Step]:
    topic, language = story.topic, story.topic.language
    script = chance.choice(topic.scripts)
    words = _words(chance, story)
    story.subject = _filled(chance.choice(script.subjects or topic.subjects), words)
    mate = words["mate_number"]

    def said(text: str, by_shop: bool = False) -> str:
        text = _filled(text, words)
        return f"{_filled(chance.choice(texts.SHOP_GREETINGS[language]), words)}\n\n{text}" if by_shop else text

    def written(text: str) -> str:
        return f"{chance.choice(texts.GREETINGS[language])}\n\n{said(text)}\n\n{_filled(chance.choice(texts.FAREWELLS[language]), words)}"

    yield Step(at=opened, what="mail", story=story, text=written(script.opening), paper=topic.paper if chance.random() < 0.6 else "")
    answered = office_time(chance, opened, mean_hours=3)
    is_left = not story.trouble and now - opened < LEFT_FOR and chance.random() < 0.6
    if story.is_waited_for or chance.random() < 0.45:
        yield Step(at=_before(chance, opened, answered), what="assign", story=story, who=agent)
    if topic.comments and chance.random() < 0.3:
        text = _filled(chance.choice(topic.comments), words)
        yield Step(at=_before(chance, opened, answered), what="comment", story=story, who=agent, text=text)
        if chance.random() < 0.4:
            reply = chance.choice(("Done.", "On it.", "👍 I'll take it.", "Yes, go ahead."))
            yield Step(at=answered - timedelta(minutes=1), what="comment", story=story, who=int(mate), text=reply)
    if is_left:
        return
    yield Step(at=answered, what="reply", story=story, who=agent, text=said(script.answer, by_shop=True), paper=topic.from_shop)
    if story.is_waited_for:
        return
    last = answered
    if story.trouble:
        if story.trouble == "report":
            yield Step(at=answered + timedelta(minutes=chance.uniform(1, 9)), what="report", story=story)
        return
    if chance.random() < 0.05:
        text = _filled(texts.AWAY[language], words)
        yield Step(at=answered + timedelta(seconds=chance.uniform(4, 40)), what="automatic", story=story, text=text)
    if script.then and chance.random() < 0.62:
        last = answered + timedelta(hours=min(chance.expovariate(1 / 9) + 0.2, 60))
        text = f"{said(script.then)}\n\n{_filled('{first}', words)}"
        yield Step(at=last, what="mail", story=story, text=text)
        if script.ending and (script.then.endswith("?") or chance.random() < 0.75):
            last = office_time(chance, last, mean_hours=2.5)
            yield Step(
                at=last,
                what="reply",
                story=story,
                who=agent if chance.random() < 0.8 else int(mate),
                text=said(script.ending, by_shop=True),
            )
    if chance.random() < 0.93 or now - last > LEFT_FOR:
        yield Step(at=office_time(chance, last, mean_hours=14), what="close", story=story, who=agent)


def _unwanted(chance: random.Random, people: list[Customer], now: datetime) -> Iterator[Step]:
    """Advertising that somebody marked as spam."""
    topic = next(topic for topic in texts.TOPICS if topic.language == "en")
    for nth, (subject, text) in enumerate(texts.SPAM):
        customer = Customer(f"Growth Partner {nth + 1}", f"offers{nth + 1}@bestdeals.example", "plain", "en")
        story = Story(customer=customer, topic=topic, subject=subject)
        at = now - timedelta(days=chance.uniform(2, 40))
        yield Step(at=at, what="mail", story=story, text=text)
        yield Step(at=office_time(chance, at, mean_hours=3), what="spam", story=story, who=chance.randrange(len(TEAM)))


def _words(chance: random.Random, story: Story) -> dict[str, str]:
    norwegian = story.topic.language == "no"
    mate = chance.randrange(len(TEAM))
    return {
        "product": chance.choice(texts.PRODUCTS_NO if norwegian else texts.PRODUCTS),
        "order": str(chance.randrange(20_100, 21_900)),
        "size": chance.choice(texts.SIZES),
        "colour": chance.choice(texts.COLOURS),
        "city": chance.choice(texts.CITIES_NO if norwegian else texts.CITIES),
        "day": chance.choice(texts.DAYS_NO if norwegian else texts.DAYS),
        "number": str(chance.randrange(12, 40)),
        "first": story.customer.first_name,
        "name": story.customer.name,
        "mate": TEAM[mate].partition(" ")[0],
        "mate_number": str(mate),
    }


def _filled(text: str, words: dict[str, str]) -> str:
    filled = text.format_map(words)
    return filled[:1].upper() + filled[1:] if text.startswith("{product}") else filled


# ── time ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _opening_time(chance: random.Random, now: datetime) -> datetime:
    """A time in the last weeks, somewhat more of them lately, fewer at weekends, by the hours of the day."""
    while True:
        day = (now - timedelta(days=WEEKS * 7 * chance.random() ** 1.3)).date()
        if day.weekday() >= 5 and chance.random() < 0.55:
            continue
        hour = chance.choices(range(24), _HOURS)[0]
        at = datetime.combine(day, time(hour, chance.randrange(60), chance.randrange(60)), ZONE)
        if at < now:
            return at


def office_time(chance: random.Random, after: datetime, mean_hours: float) -> datetime:
    """Some working hours later than `after`, in office hours."""
    left = timedelta(hours=min(chance.expovariate(1 / mean_hours) + 0.05, mean_hours * 4))
    at = after
    while True:
        at = _opened(chance, at)
        closes = datetime.combine(at.date(), time(CLOSES), ZONE)
        if at + left < closes:
            return at + left
        left -= closes - at
        at = closes


def _opened(chance: random.Random, at: datetime) -> datetime:
    """`at`, or the next opening of the office, when people sit down one after the other."""
    if at.weekday() < 5 and OPENS <= at.hour < CLOSES:
        return at
    day = at.date() if at.hour < OPENS else at.date() + timedelta(days=1)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return datetime.combine(day, time(OPENS), ZONE) + timedelta(minutes=chance.uniform(0, 50))


def _before(chance: random.Random, first: datetime, last: datetime) -> datetime:
    """Between the two, nearer to the last, and never more than half an hour before it."""
    return max(first + (last - first) * chance.uniform(0.3, 0.9), last - timedelta(minutes=chance.uniform(2, 30)))
