"""What a trouble is called and what to do about it, in the words of mails and of `innboks doctor`. In the app the words stand in its own catalogues."""

from collections.abc import Mapping

from innboks.core.notifications.words import language
from innboks.core.radar.models import Kind, Trouble

_WHAT: dict[str, dict[Kind, str]] = {
    "en": {
        "worker": "The background work stands still: nothing is sent or fetched.",
        "broken": "The connection “{name}” does not work. {detail}",
        "expiring": "The sign-in of “{name}” ended and was not renewed.",
        "unsent": "{count} answers should have left and have not. {detail}",
        "uncertain": "{count} answers may have left or not.",
        "failed": "Answers in {count} conversations were not delivered.",
        "quarantined": "{count} messages to “{name}” could not be read and wait in quarantine. {detail}",
        "gap": "“{name}” holds {count} messages that were never fetched.",
        "records": "What “{name}” had published in the DNS is not in place any more. {detail}",
        "quiet": "“{name}” is unusually quiet.",
        "unreachable": "“{name}” cannot be reached. {detail}",
    },
    "nb": {
        "worker": "Bakgrunnsarbeidet står stille: Ingenting sendes eller hentes.",
        "broken": "Tilkoblingen «{name}» virker ikke. {detail}",
        "expiring": "Innloggingen til «{name}» gikk ut og ble ikke fornyet.",
        "unsent": "{count} svar skulle ha gått ut, men har ikke gjort det. {detail}",
        "uncertain": "{count} svar kan ha gått ut eller ikke.",
        "failed": "Svar i {count} samtaler ble ikke levert.",
        "quarantined": "{count} meldinger til «{name}» kunne ikke leses og ligger i karantene. {detail}",
        "gap": "«{name}» har {count} meldinger som aldri ble hentet.",
        "records": "Det «{name}» hadde publisert i DNS, er ikke på plass lenger. {detail}",
        "quiet": "«{name}» er uvanlig stille.",
        "unreachable": "«{name}» kan ikke nås. {detail}",
    },
}
_WHAT_OF_ONE: dict[str, dict[Kind, str]] = {
    "en": {
        "unsent": "An answer should have left and has not. {detail}",
        "uncertain": "An answer may have left or not.",
        "failed": "Answers in one conversation were not delivered.",
        "quarantined": "A message to “{name}” could not be read and waits in quarantine. {detail}",
        "gap": "“{name}” holds a message that was never fetched.",
    },
    "nb": {
        "unsent": "Et svar skulle ha gått ut, men har ikke gjort det. {detail}",
        "uncertain": "Et svar kan ha gått ut eller ikke.",
        "failed": "Svar i én samtale ble ikke levert.",
        "quarantined": "En melding til «{name}» kunne ikke leses og ligger i karantene. {detail}",
        "gap": "«{name}» har en melding som aldri ble hentet.",
    },
}
_DO: dict[str, dict[Kind, str]] = {
    "en": {
        "worker": "Run “innboks doctor” on the server, look at the worker's log, and start it.",
        "broken": "Reconnect it. What is written meanwhile is kept and leaves then.",
        "expiring": "Sign in again on the channel's page.",
        "unsent": "Look at the conversation, and at whether the worker runs.",
        "uncertain": "Ask the customer, then send again or mark as sent.",
        "failed": "Read the reason under the message, then retry, reach them another way, or mark it as dealt with.",
        "quarantined": "Look at them in the quarantine, try them again, or set them aside.",
        "gap": "Look at the channel's books and fetch what is missing.",
        "records": "Publish the record again; the channel's page shows it. Until then, more of its mail ends up as spam.",
        "quiet": "Send a test to it.",
        "unreachable": "It is tried again by itself. When it lasts, look at the server's name on the channel's page, and whether the provider has a fault.",
    },
    "nb": {
        "worker": "Kjør «innboks doctor» på serveren, se i loggen til arbeidsprosessen, og start den.",
        "broken": "Koble den til på nytt. Det som skrives imens, tas vare på og går ut da.",
        "expiring": "Logg inn på nytt på kanalens side.",
        "unsent": "Se på samtalen, og på om arbeidsprosessen går.",
        "uncertain": "Spør kunden, og send på nytt eller merk som sendt.",
        "failed": "Les begrunnelsen under meldingen, og prøv igjen, nå dem på en annen måte, eller merk den som ordnet.",
        "quarantined": "Se på dem i karantenen, prøv dem på nytt, eller legg dem til side.",
        "gap": "Se på kanalens regnskap og hent det som mangler.",
        "records": "Publiser oppføringen på nytt; kanalens side viser den. Til det er gjort, havner mer av e-posten i søppelpost.",
        "quiet": "Send en test til den.",
        "unreachable": "Det prøves igjen av seg selv. Varer det, så se på serverens navn på kanalens side, og om leverandøren har en feil.",
    },
}
_DO_OF_ONE: dict[str, dict[Kind, str]] = {
    "en": {"quarantined": "Look at it in the quarantine, try it again, or set it aside."},
    "nb": {"quarantined": "Se på den i karantenen, prøv den på nytt, eller legg den til side."},
}
_WAS: dict[str, dict[Kind, str]] = {
    "en": {
        "worker": "The background work stood still.",
        "broken": "The connection “{name}” did not work.",
        "expiring": "The sign-in of “{name}” had ended.",
        "unsent": "Answers should have left and had not.",
        "uncertain": "Answers might have left or not.",
        "failed": "Answers were not delivered.",
        "quarantined": "Messages to “{name}” waited in quarantine.",
        "gap": "“{name}” held messages that were never fetched.",
        "records": "What “{name}” had published in the DNS was not in place.",
        "quiet": "“{name}” was unusually quiet.",
        "unreachable": "“{name}” could not be reached.",
    },
    "nb": {
        "worker": "Bakgrunnsarbeidet sto stille.",
        "broken": "Tilkoblingen «{name}» virket ikke.",
        "expiring": "Innloggingen til «{name}» hadde gått ut.",
        "unsent": "Svar skulle ha gått ut, men hadde ikke gjort det.",
        "uncertain": "Svar kunne ha gått ut eller ikke.",
        "failed": "Svar ble ikke levert.",
        "quarantined": "Meldinger til «{name}» lå i karantene.",
        "gap": "«{name}» hadde meldinger som aldri ble hentet.",
        "records": "Det «{name}» hadde publisert i DNS, var ikke på plass.",
        "quiet": "«{name}» var uvanlig stille.",
        "unreachable": "«{name}» kunne ikke nås.",
    },
}
_KEPT = {
    "en": {"one": "One answer waits for it.", "many": "{count} answers wait for it."},
    "nb": {"one": "Ett svar venter på den.", "many": "{count} svar venter på den."},
}
_MAIL = {
    "en": {
        "many": "{count} things need you",
        "over": "Over: {text}",
        "many_over": "{count} things are over",
        "over_text": "This is over:\n{text}",
        "where": "Look: {url}/radar",
    },
    "nb": {
        "many": "{count} ting trenger deg",
        "over": "Over: {text}",
        "many_over": "{count} ting er over",
        "over_text": "Dette er over:\n{text}",
        "where": "Se: {url}/radar",
    },
}
NAME_MAX = 60
"""A longer name is cut in a subject, which then still says what is so."""


def what(one: Trouble, locale: str) -> str:
    """What is so, in a sentence, with what is known of the reason."""
    said = _sentence(one, locale).format(name=one.name, count=_count(one), detail=one.detail).strip()
    if one.kind not in ("broken", "unreachable") or not one.count:
        return said
    kept = _KEPT[language(locale)]["one" if one.count == 1 and not one.is_capped else "many"]
    return f"{said} {kept.format(count=_count(one))}"


def _sentence(one: Trouble, locale: str) -> str:
    return _by_number(one, _WHAT[language(locale)], _WHAT_OF_ONE[language(locale)])


def _by_number(one: Trouble, words: Mapping[Kind, str], of_one: Mapping[Kind, str]) -> str:
    return of_one.get(one.kind, words[one.kind]) if one.count == 1 and not one.is_capped else words[one.kind]


def _count(one: Trouble) -> str:
    return f"{one.count}+" if one.is_capped else str(one.count)


def what_to_do(one: Trouble, locale: str) -> str:
    return _by_number(one, _DO[language(locale)], _DO_OF_ONE[language(locale)])


def begun(found: list[Trouble], locale: str, url: str) -> tuple[str, str]:
    """(subject, text) of the mail about troubles that began."""
    words = _MAIL[language(locale)]
    short = [_sentence(one, locale).format(name=_cut(one.name), count=_count(one), detail="") for one in found]
    parts = [f"{what(one, locale)}\n{what_to_do(one, locale)}" for one in found]
    return _subject(short, words["many"]), "\n\n".join([*parts, words["where"].format(url=url)]) + "\n"


def over(ended: list[Trouble], locale: str, url: str) -> tuple[str, str]:
    """(subject, text) of the mail about troubles that are over, in whatever way: also what was paused or disconnected."""
    words, was = _MAIL[language(locale)], _WAS[language(locale)]
    text = words["over_text"].format(text="\n".join(was[one.kind].format(name=one.name) for one in ended))
    short = [words["over"].format(text=was[one.kind].format(name=_cut(one.name))) for one in ended]
    return _subject(short, words["many_over"]), f"{text}\n\n{words['where'].format(url=url)}\n"


def _subject(short: list[str], many: str) -> str:
    said = short[0] if len(short) == 1 else many.format(count=len(short))
    return f"Innboks: {' '.join(said.split()).removesuffix('.')}"


def _cut(name: str) -> str:
    return name if len(name) <= NAME_MAX else f"{name[: NAME_MAX - 1]}…"
