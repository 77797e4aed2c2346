"""Is this the mail by which a provider wants a forwarding confirmed (R-144)? Administrators are shown its code and link.

Such a mail is written to our hosted address itself, which only the provider was told; what is forwarded is written to the team's address. The mail
stays a message like every other: if this is wrong, nothing is hidden.
"""

import re

from innboks.channels.email import own
from innboks.channels.email.mail import Mail
from innboks.channels.email.settings import normal_address
from innboks.sdk.contract import ConfirmationReceived, Context

_ABOUT = re.compile(
    r"forward|videresend|vidarebefordr|weiterleit|transf[ée]r|renvoi|reenv[ií]|inoltr|doorstu|przekaz|přepos|перенаправ|пересыл",
    re.IGNORECASE,
)
_WISH = re.compile(r"confirm|verif|bekreft|bekr[äæ]ft|best[äa]tig|conferm|bevestig|potwierd|potvrd|подтвер", re.IGNORECASE)
_CODE = re.compile(r"(?:code|kode|kod|código|codice|код)\b[^\d\n]{0,60}?\b(\d{4,12})\b|\(#(\d{4,12})\)", re.IGNORECASE)
_LINK = re.compile(r"https://[^\s<>\"')\]]{8,1500}")


def confirmation_of(ctx: Context, mail: Mail) -> ConfirmationReceived | None:
    """None for every other mail."""
    hosted = own.hosted_address(ctx)
    if hosted is None or not any(normal_address(one.address) == hosted.lower() for one in mail.to):
        return None
    text = f"{mail.subject}\n{mail.body_text or mail.text}"
    if not (_ABOUT.search(text) and _WISH.search(text)):
        return None
    code = _CODE.search(text)
    links = _LINK.findall(text)
    link = next((one for one in links if _WISH.search(one) or "/vf-" in one), links[0] if links else "")
    if code is None and not link:
        return None
    sender = mail.sender[0].address if mail.sender else ""
    return ConfirmationReceived(sender=sender, code=(code[1] or code[2]) if code else "", link=link.rstrip(".,;:"))
