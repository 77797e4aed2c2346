"""What a mail tells of itself that a filter may go by (R-802, R-803): a machine wrote it, it is advertising, one can unsubscribe from it, a role's
address sent it. Pure. What becomes of it is decided by the core, where each of these is a switch."""

import re
from collections.abc import Collection, Sequence

from innboks.channels.email.mail import Mail
from innboks.sdk.contract import Party, Sign

ROLES = frozenset(
    {
        "abuse", "admin", "alert", "billing", "compliance", "devnull", "dns", "finance", "ftp", "hostmaster", "info",
        "infrastructure", "inoc", "ispfeedback", "ispsupport", "it", "list", "list-request", "maildaemon",
        "mailer-daemon", "marketing", "no-reply", "noc", "noreply", "null", "phish", "phishing", "postmaster",
        "privacy", "registrar", "root", "sales", "security", "spam", "support", "sysadmin", "tech",
        "undisclosed-recipients", "unsubscribe", "usenet", "uucp", "webmaster", "www",
    }
)  # fmt: skip
"""Local parts that are nobody in particular (R-803)."""
_CAMPAIGN_HEADERS = frozenset(
    {
        "x-campaign", "x-campaignid", "x-campaign-id", "x-mailchimp-campaign-id", "x-mc-user", "x-csa-complaints", "x-newsletter",
        "list-unsubscribe-post",  # RFC 8058: only who sends to many takes a click for it
    }
)  # fmt: skip
_BULK = re.compile(r"\s*(?:bulk|junk)\b", re.IGNORECASE)
LOOKED_AT = 400_000
"""Characters of a body in which a link is looked for."""
_WORDS = (
    r"un-?subscri(?:be|ption)|opt[- ]?out|manage (?:your )?(?:email )?preferences|email preferences|"
    r"avmeld|meld (?:deg|meg) av|meld av|avabonner|afmeld|avregistrer|avprenumer|avsluta prenumeration|peruuta (?:uutiskirje|tilaus)|"
    r"abmelde[nr]|abmeldung|abbestell|newsletter austragen|uitschrijven|afmelden|"
    r"d[ée]sabonn|d[ée]sinscri|darse de baja|cancelar (?:la |su |a )?(?:suscripci[óo]n|subscri[çc][ãa]o)|anular (?:la )?suscripci[óo]n|"
    r"disiscri|annulla (?:l['’])?iscrizione|cancella (?:l['’])?iscrizione|wypisz|zrezygnuj z subskrypcji|odhl[áa]sit|leiratkoz|dezabon|отписаться|відписатися"
)
_WORD = re.compile(_WORDS, re.IGNORECASE)
_ADDRESS = re.compile(r"https?://\S|mailto:\S", re.IGNORECASE)
NEAR = 80
"""In plain text a link that follows so closely is the word's."""
_TAG = 5_000
"""Characters of a link's tag and words before the one that matters."""


def signs_of(
    mail: Mail, *, sender: Party, reply_to: Sequence[Party], text: str, html: str, is_automatic: bool, own_addresses: Collection[str]
) -> list[Sign]:
    """In the order in which a reason is given. `text` and `html` are the new part: a person who answers a newsletter quotes its links.

    A group or list with one of our own addresses is only the way on which mail comes to us (R-105, R-140): its marks count for nothing."""
    signs: list[Sign] = []
    names = {name.lower(): value for name, value in reversed(mail.headers)}
    is_own_list = _is_own_list(names, own_addresses)
    if is_automatic:
        signs.append("automated")
    if not is_own_list:
        is_bulk = "list-unsubscribe" in names and _BULK.match(names.get("precedence", "")) is not None
        if is_bulk or not _CAMPAIGN_HEADERS.isdisjoint(names):
            signs.append("marketing")
        if "list-unsubscribe" in names or has_unsubscribe_link(text, html):
            signs.append("unsubscribe")
    # A form on a web site writes from the site's own address for a person, who is named as the one to answer.
    is_for_a_person = any(not is_role(one.address) for one in reply_to)
    if is_role(sender.address) and not is_for_a_person and sender.address not in own_addresses:
        signs.append("role_based")
    return signs


def is_role(address: str) -> bool:
    """Is the local part one of a role (R-803)? A "+suffix" is left out."""
    return address.partition("@")[0].partition("+")[0].lower() in ROLES


def has_unsubscribe_link(text: str, html: str) -> bool:
    """A link whose words or address say that one can unsubscribe by it. The word alone is none: people write it too."""
    if html:
        html = html[-LOOKED_AT:].lower()  # such links stand at the end
        return any(_is_in_link(html, found.start()) for found in _WORD.finditer(html))
    text = text[-LOOKED_AT:]
    if _ADDRESS.search(text) is None:
        return False  # known much sooner than where the words are
    return any(_ADDRESS.search(text, found.start(), found.end() + NEAR) is not None for found in _WORD.finditer(text))


def _is_in_link(html: str, place: int) -> bool:
    start = html.rfind("<a", max(0, place - _TAG), place)
    return start >= 0 and "</a" not in html[start:place] and "href" in html[start:place]


def _is_own_list(names: dict[str, str], own_addresses: Collection[str]) -> bool:
    """RFC 2919: a list's id looks like its address, with a dot for the "@"; RFC 2369 §3.4: List-Post names the address."""
    list_id = re.search(r"<([^<>]+)>", names.get("list-id", ""))
    post = names.get("list-post", "").lower()
    ids = {one.replace("@", ".") for one in own_addresses}
    return (list_id is not None and list_id[1].strip().lower() in ids) or any(f"mailto:{one}" in post for one in own_addresses)
