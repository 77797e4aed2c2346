"""The words of the mail that invites somebody, in the language of the one who invites."""

_MAIL = {
    "en": {
        "subject": "{who} invites you to {account}",
        "button": "Choose a password",
        "text": """Hello {name},

{who} invites you to answer customers together with the others of {account}.

Open this link, choose a password, and you are in:

{link}

It works once, within {days} days. If you did not expect this mail, leave it: nothing happens.
""",
    },
    "nb": {
        "subject": "{who} inviterer deg til {account}",
        "button": "Velg et passord",
        "text": """Hei {name},

{who} inviterer deg til å svare kunder sammen med de andre i {account}.

Åpne denne lenken og velg et passord, så er du inne:

{link}

Den virker én gang, i {days} dager. Venter du ikke denne e-posten, kan du la den ligge: ingenting skjer.
""",
    },
}


def language(locale: str) -> str:
    return "nb" if locale.lower().startswith(("nb", "nn", "no")) else "en"


def button(locale: str) -> str:
    """What the link is called, where it is one to press."""
    return _MAIL[language(locale)]["button"]


def invitation(locale: str, *, who: str, name: str, account: str, link: str, days: int) -> tuple[str, str]:
    """(subject, text)."""
    words = _MAIL[language(locale)]
    subject = words["subject"].format(who=who, account=account)
    return " ".join(subject.split()), words["text"].format(who=who, name=name, account=account, link=link, days=days)
