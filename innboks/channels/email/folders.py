"""Which folders of a mailbox are watched, and which one holds what was sent.

Without a choice of the admin, every folder in which mail can arrive or into which a person may move it, and Sent, for answers written in another
program: all but Drafts, Junk, Trash, and the views that show mails of other folders once more (RFC 6154). Servers that do not say what a folder is
for are known by the usual names.
"""

from collections.abc import Sequence

import msgspec

from innboks.channels.email.imap_session import Listed

_NEVER = frozenset({"noselect", "nonexistent", "sent", "drafts", "trash", "junk", "all", "flagged", "important"})
_SENT = ("sent", "sent items", "sent messages", "sent mail", "gesendet", "gesendete elemente", "gesendete objekte", "envoyés", "éléments envoyés",
         "enviados", "elementos enviados", "posta inviata", "inviata", "verzonden", "verzonden items", "sendt", "sendte elementer", "skickat",
         "skickade", "wysłane", "lähetetyt")  # fmt: skip
_OTHERS = ("drafts", "draft", "templates", "outbox", "entwürfe", "postausgang", "brouillons", "borradores", "bozze", "concepten", "kladder", "utkast",
           "trash", "bin", "deleted", "deleted items", "deleted messages", "papierkorb", "gelöschte elemente", "corbeille", "éléments supprimés",
           "papelera", "elementos eliminados", "cestino", "prullenbak", "papirkurv", "slettet post", "slettede elementer", "papperskorgen",
           "junk", "junk e-mail", "junk email", "spam", "bulk mail", "spamverdacht", "courrier indésirable", "correo no deseado",
           "posta indesiderata", "ongewenste e-mail", "søppelpost", "uønsket e-post", "skräppost")  # fmt: skip
_ROOTS = frozenset({"", "inbox", "[gmail]", "[google mail]"})


class Watched(msgspec.Struct, frozen=True):
    """`is_chosen`: mail that turns up here is ours whatever its date (the INBOX, and folders that the admin named). `is_sent`: it holds what the
    team wrote; copies of what left through us are passed over."""

    name: str
    is_chosen: bool
    is_sent: bool = False


def watched_folders(listed: Sequence[Listed], chosen: str) -> tuple[list[Watched], list[str]]:
    """The folders to watch, the one to wait in first, and those that were chosen but are not there. `chosen`: names with commas between them."""
    sent = sent_folder(listed)
    there = {_key(one.name): one for one in listed if not one.flags & {"noselect", "nonexistent"}}
    wanted = list(dict.fromkeys(name.strip() for name in chosen.split(",") if name.strip()))
    if wanted:
        found = [there[_key(name)].name for name in wanted if _key(name) in there]
        return [Watched(name, True, name == sent) for name in found], [name for name in wanted if _key(name) not in there]
    names = [one.name for one in listed if not one.flags & _NEVER and not _is_named(one, (*_SENT, *_OTHERS))]
    if not any(_key(name) == "INBOX" for name in names):
        names.append("INBOX")  # every server has it (RFC 3501 §5.1), even if LIST forgets it
    names.sort(key=lambda name: (_key(name) != "INBOX", name))
    watched = [Watched(name, _key(name) == "INBOX") for name in names]
    return [*watched, Watched(sent, False, True)] if sent else watched, []


def sent_folder(listed: Sequence[Listed]) -> str | None:
    """Where the mailbox keeps what was sent."""
    marked = [one.name for one in listed if "sent" in one.flags]
    named = [one.name for one in listed if "noselect" not in one.flags and _is_named(one, _SENT)]
    return next(iter(marked + named), None)


def _is_named(one: Listed, names: Sequence[str]) -> bool:
    root, _, leaf = one.name.rpartition(one.separator) if one.separator else ("", "", one.name)
    return leaf.casefold() in names and root.casefold() in _ROOTS


def _key(name: str) -> str:
    """INBOX is INBOX in any case; other names are what they are (RFC 3501 §5.1)."""
    return "INBOX" if name.upper() == "INBOX" else name
