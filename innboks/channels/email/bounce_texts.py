"""What mail servers write into their failure reports, as data, and what it means for the address: facts about servers, one line each.
`is_dead` weighs the wording of one refusal, its RFC 3463 status and the moment at which it came. `bounce.py` finds the refusals."""

import re
from typing import Final

MAX_TEXT: Final = 1_500  # characters of one refusal that are weighed: a server's sentence is far shorter


def _any(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{alternative})" for alternative in alternatives))


# The address is gone for good, whatever else the sentence says.
MOVED: Final = _any(
    r"\b(?:user|account|person|recipient|mailbox|address|employee|who)\b.{0,30}\b(?:has|have) (?:been )?(?:moved|replaced by|changed)\b",
    r"user not local; please try",
    r"no longer used.{0,40}new address",
)

# The address is not at fault, although the same sentence may name a code or a word of the next group: a full mailbox reported as
# "550 5.1.1", a sender's network on a block list reported as "recipient rejected".
SPARED: Final = _any(
    # no room
    r"(?:mail ?box|inbox|mail ?folder|maildir|mail ?drop|account|user|recipient|disk|storage)\b.{0,40}\b(?:is|are|was)? ?full\b",
    r"\bquota\b",
    r"\bfull\b.{0,30}\b(?:mailbox|inbox|disk)",
    r"(?:exceed\w*|over|too many|number of).{0,40}(?:mail ?box|storage|mailfolder)",
    r"(?:mail ?box|storage)\b.{0,30}(?:exceed|over\b|limit|allocation)",
    r"(?:insufficient|not enough|no) (?:\w+ ){0,2}(?:space|storage)",
    r"does not have enough space",
    r"too many (?:messages|mails)",
    # too big
    r"(?:message|mail|size|header)s?\b.{0,20}too (?:big|large|long)",
    r"(?:size|length)\b.{0,30}exceed",
    r"exceed\w* .{0,40}\b(?:size|length)\b",
    r"message size",
    # not ours to relay
    r"\brelay(?:ing)?\b.{0,30}(?:denied|prohibited|not |refused|disallowed|restrict)",
    r"(?:not|unable|cannot|can't|won't|doesn't|attempt\w*|no|refus\w*)\b.{0,30}\brelay",
    r"rcpthosts",
    r"isn't in my list",
    # the sender or the message is refused
    r"\b(?:spam|spammer|spamming|unsolicited|junk|bulk|virus|viruses|infected|malware|trojan|phishing|abuse|suspicious|fraud)\b",
    r"\b(?:dn|r)bls?\b|dnsrbl|spamhaus|spamcop|\bsorbs\b|uribl|surbl|cloudmark|senderbase|senderscore",
    r"(?:black|block|deny|drop|bad) ?-?list",
    r"reputation",
    r"\b(?:dmarc|dkim|spf|arc)\b|sender policy framework|sender id\b|unauthenticated|\bauthenticat",
    r"reverse (?:dns|lookup|hostname|address)|\brdns\b|\bptr\b|fcrdns",
    r"sender (?:address|domain|verif|denied|unknown|not|rejected|is not|was|does)",
    r"verif\w+ (?:failed )?(?:for|of) (?:the )?sender",
    r"(?:mail from|from|return[- ]path|envelope)[: ](?:<[^>]{0,80}>)?.{0,30}(?:reject|refus|invalid|does(?:n't| not) (?:exist|"
    r"resolve)|denied)",
    r"invalid ip\b",
    r"\b(?:your|client|sending|connecting) (?:ip|host|server|network|domain|message|mail|e-?mail|address|access)\b.{0,60}"
    r"(?:block|reject|refus|bann|denied|not allowed|permit|prohibit|listed|not authorized|not accept|deferred)",
    r"\bip(?:v[46])? address\b.{0,60}(?:block|reject|refus|bann|denied|not allowed|listed)",
    r"(?:block|bann)ed\b",
    r"polic(?:y|ies)",
    r"(?:messages?|content|attachments?|headers?)\b.{0,25}(?:reject|refus|denied|filtered|contain|looks)",
    r"rejected (?:by|due|for|because) .{0,30}(?:content|filter|header|security|message|administrat|rule)",
    r"permission|not (?:authori[sz]ed|permitted)|delivery restriction|restricted",
    r"too many (?:connections|sessions|recipients|errors|hops|concurrent|invalid)|rate[- ]?limit|throttl|too (?:fast|quickly|often)",
    r"\b(?:tls|ssl|starttls|encryption|certificate)\b",
    r"\brfc ?-?\d{3,4}|duplicate header|missing header|header error|line too long|\bbare (?:lf|cr)",
    r"open relay|\b(?:helo|ehlo)\b",
    r"gr[ea]y-?list",
    # for now
    r"not accepting|temporar|try (?:\w+ )?(?:again )?(?:later|in \d|after)|\blater\b",
    r"procmail|couldn't create|can't create|cannot create|can ?not open|but will deliver|command died|mailer error",
    r"timed? ?-?out|connection (?:refused|reset|lost|dropped)|unreachable|no route to host|will be retried",
    r"(?:in the queue|expired|retry time)",
    r"name service error.{0,60}try again",
)

# The mailbox sleeps. With a code that says "no such address" it will not wake.
IDLE: Final = _any(
    r"suspend|disabled|deactivat|inactive|\bnot active|\blocked\b|frozen|on hold|discontinued|out of service|currently not receiving"
)

# Microsoft 365 says this for every unknown address of a domain whose directory it knows (directory-based edge blocking).
DEAD_AT_MICROSOFT: Final = _any(r"recipient address rejected: access denied")

# The address, or its whole domain, does not exist.
DEAD: Final = _any(
    r"\b(?:users?|recipients?|mail ?box(?:es)?|mail ?drop|accounts?|address(?:es)?|adresse|addressee|local[- ]?part|alias|person|customer|"
    r"subscriber|userid|"
    r"host|domain|name|mail|member)\b.{0,70}\b(?:unknown|not (?:known|exists?|found|valid|recogni[sz]ed|listed|be found|be resolved|"
    r"a known|a valid|in (?:our|my|the|this)|"
    r"available on|registered|handled|defined|here|on this|our)|nonexist|non-exist|does not exist|doesn'?t exist|dosn't exist|"
    r"wasn.t found|couldn.t be found|undeliverable|unrouteable|invalid|"
    r"no longer (?:exists?|valid|available|active|in use|on|with|here)|has no|could not be found|nicht|inconnue?|n'existe)",
    r"\b(?:unknown|invalid|no such|nonexistent|non-existent|bad|illegal|undeliverable|unrout\w+|unresolv\w+|undefined|incorrect|wrong|"
    r"unavailable)\b.{0,30}\b"
    r"(?:users?|recipients?|mail ?box|mail ?drop|account|address(?:es)?|addressee|local[- ]?part|alias|person|subscriber|userid|host|"
    r"domain|customer|name)\b",
    r"\bno (?:\w+ ){0,2}(?:user|recipient|mail ?box|account|address|person|one)s?\b.{0,30}\b(?:here|that name|found|exist|known|"
    r"match\w*|named|for this|in|at)\b",
    r"(?:not|unable to|can't|couldn't|cannot) (?:be )?(?:find|found|locate|verify|validate|match) .{0,25}\b(?:user|recipient|"
    r"mail ?box|account|address|alias)",
    r"unbekannt|destinataire inconnu|utilisateur inconnu|existiert nicht|no existe|non esiste|inesistente|не существует|не найден",
    r"recip\w{0,8}notfound|invalidinsmtpaddress|nosuchuser",
    r"no valid recipients|recipients? (?:not found|unknown)|unknown recipient",
    r"does(?:n't| not) have (?:an?|any) .{0,40}\b(?:account|mailbox)",
    r"there is no (?:such|user|one|account|mailbox)|nobody here|no one here|is unknown\b|is not known",
    r"nxdomain|host or domain name not found|no mail exchanger|nullmx|null mx|does not accept mail|no (?:mx|mail) (?:record|host|server)",
    r"couldn't find any host|user and password not set",
    r"recipient address rejected\W*$|adresse destinataire invalide|mailbox unavailable|見つかりません|存在しません|宛先不明",
)

# Words about the host rather than the user: no filter hides behind these.
DEAD_HOST: Final = _any(
    r"\b(?:host|domain)\b(?: name)?.{0,40}(?:not found|unknown|does ?n[o']t exist|does not exist|nonexist|not accept mail)",
    r"(?:unknown|illegal|invalid) (?:mail )?(?:host|domain)|nxdomain|no mail exchanger|nullmx|null mx|unrouteable (?:mail )?domain|"
    r"bad destination (?:host|system)|\bmx records? point to non-existent|indicated no smtp service",
)

# The report shows that the server refused when it was told the recipient. Sendmail pipelines, so that its transcript shows DATA as the last
# command, and then the server's complaint that it has no recipient left.
AT_RECIPIENT: Final = _any(
    r"(?:after|reply to|response to|following|for|>>>|during) ?rcpt\b",
    r"rcpt to(?::<[^>]{0,320}>)? ?(?:command|response)|\[rcpt_to\]",
    r"does not like recipient|need rcpt|no valid recipients|rcpt commands? (?:were|must|first)|valid rcpt",
    r"requested action not taken: (?:mailbox unavailable|no such user)",  # RFC 5321 §4.2.2's own words for a refused recipient
    r"5\d\d 5\.1\.1 (?:<\S{1,320}>|\S{1,320})\.\.\. user unknown",
)

# ... or only after the whole message.
AFTER_DATA: Final = _any(
    r"(?:after|reply to|response to|for|our) (?:pipelined |final |the )?(?:end of )?(?:message )?(?:data|text)\b",
    r"end of (?:mail )?data",
    r">>> ?data\b",
    r"smtp command\s+data\b",
    r"failed after i sent the message",
)

# Lines of a report that say nothing about the reason.
BOILERPLATE: Final = _any(
    r"^hi[.!]|^hello|^dear|this is the (?:mail|postfix|qmail)|i'?m (?:sorry|afraid)|sorry to (?:have to )?inform|"
    r"below could not be delivered",
    r"for further assistance|if you do so|delete your own|own text from|be delivered to one or more|the mail system$|postfix program",
    r"created automatically|automatically generated|message that you (?:have )?sent|^recipients\.|following address|^failed:?$|"
    r"its recipients|permanent error\W",
    r"giving up on|i've given up|original message was received|permanent fatal errors|transcript of|while talking to|^from \S+(?: \[|$)|^with id|"
    r"technical details",
    r"^your message$|^\W*(?:subject|sent|to|from|date|message-id): |did not reach the following|was not delivered to|contact",
    r"following recipients? ?(?:failed|has|was|were)?|could not be delivered to one or more|^[\W_]*$|do not (?:reply|need)|"
    r"generating server|diagnostic information",
)

STATUS: Final = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d]|\.\d)")
REPLY: Final = re.compile(r"(?<![\w.:/=#-])([245][0-5]\d)(?=[\s-]|$|: )")

DEAD_STATUS: Final = frozenset({"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.4.310", "5.4.312"})


def is_dead(text: str, status: str, address: str, context: str = "", given_up: bool = True) -> bool:
    """Whether one refusal says that the address does not exist (a hard bounce): trying again would be pointless whatever we change.

    `text` is the refusal, `status` an RFC 3463 code or "", `context` the report's words around it, `given_up` False in a report of delay.
    Wording beats code, for servers choose codes carelessly. An SMTP server's "user unknown" counts when the code says so too, when it came
    at the recipient, or when it names the address: carriers and filters refuse unwanted mail in general words after they have seen it."""
    seen = " ".join(text[:MAX_TEXT].lower().split())
    reply = REPLY.search(seen)
    if MOVED.search(seen):
        return given_up
    if DEAD_AT_MICROSOFT.search(seen):
        return True
    if SPARED.search(seen) or (IDLE.search(seen) and status not in DEAD_STATUS):
        return False
    at_recipient = bool(AT_RECIPIENT.search(seen) or AT_RECIPIENT.search(context[: MAX_TEXT * 4].lower()))
    if status.startswith("4") or (not status and reply and reply[1].startswith("4")):
        return given_up and status in ("", "4.1.1") and at_recipient and bool(DEAD.search(seen))
    if status in DEAD_STATUS or DEAD_HOST.search(seen):
        return True
    if not DEAD.search(seen):
        return False
    if AFTER_DATA.search(context[: MAX_TEXT * 4].lower()) and not at_recipient:
        return False
    over_smtp = reply is not None or status not in ("", "5.0.0")
    return not over_smtp or at_recipient or address.lower() in seen
