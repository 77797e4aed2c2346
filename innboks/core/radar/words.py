"""What a trouble is called and what to do about it, in the words of mails and of `innboks doctor`. In the app the words stand in its own catalogues."""

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
_MAIL = {
    "en": {
        "begun": "Innboks: something needs you",
        "over": "Innboks: over",
        "over_text": "This is over:\n{text}",
        "where": "Look: {url}/radar",
    },
    "nb": {"begun": "Innboks: noe trenger deg", "over": "Innboks: over", "over_text": "Dette er over:\n{text}", "where": "Se: {url}/radar"},
}


def what(one: Trouble, locale: str) -> str:
    """What is so, in a sentence."""
    count = f"{one.count}+" if one.is_capped else str(one.count)
    words = _WHAT[language(locale)][one.kind]
    if one.count == 1 and not one.is_capped:
        words = _WHAT_OF_ONE[language(locale)].get(one.kind, words)
    return words.format(name=one.name, count=count, detail=one.detail).strip()


def what_to_do(one: Trouble, locale: str) -> str:
    return _DO[language(locale)][one.kind]


def begun(found: list[Trouble], locale: str, url: str) -> tuple[str, str]:
    """(subject, text) of the mail about troubles that began."""
    words = _MAIL[language(locale)]
    subject = f"Innboks: {what(found[0], locale)}" if len(found) == 1 else words["begun"]
    parts = [f"{what(one, locale)}\n{what_to_do(one, locale)}" for one in found]
    return " ".join(subject.split())[:150], "\n\n".join([*parts, words["where"].format(url=url)]) + "\n"


def over(ended: list[Trouble], locale: str, url: str) -> tuple[str, str]:
    """(subject, text) of the mail about troubles that are over."""
    words = _MAIL[language(locale)]
    return words["over"], words["over_text"].format(text="\n".join(what(one, locale) for one in ended)) + "\n\n" + words["where"].format(
        url=url
    ) + "\n"
