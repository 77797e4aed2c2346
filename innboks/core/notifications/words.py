"""The words of notifications that leave the app, in the reader's language: pushes and mails are written by the server. In the app itself the words
stand in its own catalogues."""

from collections.abc import Sequence

from innboks.core.notifications.models import Due, Kind

_ONE: dict[str, dict[Kind, str]] = {
    "en": {
        "unassigned": "New conversation: {who}",
        "assigned": "{who} assigned a conversation to you",
        "message": "New message from {who}",
        "mention": "{who} mentioned you",
        "failed": "Not delivered to {who}",
        "reminder": "No answer yet from {who}",
        "trouble": "{who} needs you",
    },
    "nb": {
        "unassigned": "Ny samtale: {who}",
        "assigned": "{who} tildelte deg en samtale",
        "message": "Ny melding fra {who}",
        "mention": "{who} nevnte deg",
        "failed": "Ikke levert til {who}",
        "reminder": "Ikke noe svar ennå fra {who}",
        "trouble": "{who} trenger deg",
    },
}
_MANY: dict[str, dict[Kind, str]] = {
    "en": {"unassigned": "{count} new conversations", "message": "{count} new messages from {who}"},
    "nb": {"unassigned": "{count} nye samtaler", "message": "{count} nye meldinger fra {who}"},
}
_MAIL = {
    "en": {
        "subject_many": "{count} notifications",
        "button": "Open in Innboks",
        "settings": "What you are told, and when: {url}",
        "test_title": "Innboks",
        "test_body": "Notifications reach this device.",
        "somebody": "Somebody",
    },
    "nb": {
        "subject_many": "{count} varsler",
        "button": "Åpne i Innboks",
        "settings": "Hva du varsles om, og når: {url}",
        "test_title": "Innboks",
        "test_body": "Varsler når fram til denne enheten.",
        "somebody": "Noen",
    },
}


def language(locale: str) -> str:
    return "nb" if locale.lower().startswith(("nb", "nn", "no")) else "en"


def title(one: Due, locale: str) -> str:
    """What happened, in a line."""
    tongue = language(locale)
    text = _MANY[tongue].get(one.kind) if one.count > 1 else None
    who = one.who or ("Innboks" if one.kind == "trouble" else _MAIL[tongue]["somebody"])
    return (text or _ONE[tongue][one.kind]).format(who=who, count=one.count)


def test_push(locale: str) -> tuple[str, str]:
    words = _MAIL[language(locale)]
    return words["test_title"], words["test_body"]


def mail(dues: Sequence[Due], locale: str, url: str) -> tuple[str, str]:
    """(subject, text) of one mail about all of these."""
    words = _MAIL[language(locale)]
    subject = title(dues[0], locale) if len(dues) == 1 else words["subject_many"].format(count=len(dues))
    parts = [
        f"{title(one, locale)}\n{one.about}\n{url}{path(one)}" if one.about else f"{title(one, locale)}\n{url}{path(one)}" for one in dues
    ]
    parts.append("-- \n" + words["settings"].format(url=f"{url}/settings/notifications"))
    return " ".join(subject.split()), "\n\n".join(parts) + "\n"


def button(locale: str) -> str:
    """What a link into the app is called, where it is one to press."""
    return _MAIL[language(locale)]["button"]


def path(one: Due) -> str:
    """Where it leads in the app."""
    if one.trouble == "quarantined":
        return "/settings/quarantine"
    if one.kind == "trouble":
        return f"/settings/channels/{one.channel_account_id}" if one.channel_account_id is not None else "/radar"
    if one.bundle == 0 and one.count > 1:
        return "/inbox/unassigned"
    view = "unassigned" if one.kind == "unassigned" else "mine" if one.kind in ("assigned", "message") else "open"
    anchor = f"#m{one.message_id}" if one.message_id is not None and one.kind in ("mention", "failed") else ""
    return f"/inbox/{view}/{one.conversation_id}{anchor}"
