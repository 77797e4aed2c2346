"""What makes a mail look like a failure report, as data: senders, subjects and phrases, all lower case, in many languages.

`bounce.py` counts these signs; `bounce_texts.py` weighs the refusal itself.
"""

import re
from typing import Final

ROBOTS: Final = re.compile(
    r"mailer[-_.]?daemon|post_?master|mail[-_.]?delivery|maildelivery|mdaemon|mail[-_.]system|bounce|sysadmin|^mmsc|ndr\b|"
    r"system administrator|"
    r"mail delivery (?:sub)?system|^uucp$|^daemon$"
)
NAMELESS: Final = re.compile(r"no[-_.]?reply|do[-_.]?not[-_.]?reply|notification|-admin@|^admin|^root@|^mail@|^smtp")
SUBJECT: Final = re.compile(
    r"undeliver|returned (?:e-?)?mail|mail (?:was )?returned|returning message|failure notice|fail(?:ure|ed) (?:delivery|notice)|"
    r"delivery (?:has )?fail|delivery failure|failure delivery|"
    r"delivery (?:status )?notification|mail delivery status|(?:mail|message) (?:delivery )?(?:has )?(?:fail|error)|mail system error|mail failure|"
    r"(?:could|can) ?not be delivered|not delivered|"
    r"non[- ]?deliver|non remis|unzustellbar|zustell|delayed mail|warning: could not send|delivery (?:delayed|problem|error|report)|"
    r"delivery incomplete|"
    r"rejected mail|mail rejected|bounced? mail|error sending your mail|loop alert|user unknown|mailbox full|returned to sender|"
    r"not deliverable|"
    r"kunne ikke leveres|kunde inte levereras|kan ikke leveres|ikke levert|obesörjlig|no se puede entregar|no entregado|"
    r"impossibile recapitare|mancato recapito|não entregue|onbestelbaar|"
    r"échec|не доставлен|недоставлен|配信|送信でき|配達|投递|退信|aws notification message|permanent delivery|undelivered"
)
FAILURE: Final = re.compile(
    r"(?:could|can|was|were|has|have|is|are|been) ?(?:not|n'?t) (?:be |been |able to |yet been )*(?:deliver|send|sent|reach)|"
    r"undeliver(?:able|ed)|unable to (?:deliver|send)|not able to deliver|"
    r"(?:delivery|deliver|delivering|message|mail|sending)\b[^.]{0,80}\b(?:fail|failed|failure|failing|errors?|rejected|refused|"
    r"delayed|delay|returned|temporary problem|bounced)\b|"
    r"did ?not (?:be )?reach|permanent (?:fatal )?error|returned to (?:the )?sender|delivery problems|(?:was|were|been) (?:rejected|"
    r"returned|refused)|"
    r"may not exist, or you may not have permission|duplicated message-id|unknown user|user unknown|invalid final delivery|"
    r"mailbox (?:is )?full|failure reasons|invalid user|"
    r"transcript of session|no valid recipients|has been delayed|malformed address|incorrectly constructed|"
    r"ikke (?:bli )?lever|inte (?:kunde )?(?:levereras|skickas)|konnte nicht|nicht zugestellt|zustellung|n'a pas pu être|no se pudo|"
    r"no ha podido|non è stato possibile|não (?:pôde|foi possível)|kon niet|"
    r"не может быть доставлен|не доставлен|送信できません|配信できません|届けできません|配送できません|退信|无法投递"
)
VACATION: Final = re.compile(
    r"out of (?:the )?office|automatic reply|auto[- ]?reply|autosvar|abwesen|vacation|on leave|fravær|frånvar|réponse automatique"
)
FORWARDED: Final = re.compile(r"^\s*(?:fwd?|fw|vs|wg|tr|vb|rv|i|enc|doorst|re|sv|aw|antw|odp|r)\s*:")
DELAY: Final = re.compile(
    r"delayed mail|warning message only|has been delayed|(?:is|been) delayed|still being retried|will be retried|will (?:keep|"
    r"continue) (?:trying|to try)|temporary problem|"
    r"do not need to re-?send|notification \(delay\)|could not send message for past|status notification: warning|delivery incomplete|"
    r"delivery delayed|vorübergehend|not yet been delivered|delivery attempts will continue|delayed \d+ hours?|will keep trying"
)
