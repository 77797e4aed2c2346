"""Where the writer's words end and the signature begins: RFC 3676 §4.3 ("-- "), rules, "Sent from my phone",
closings, business cards, legal notes.

Read from the end upwards, because that is how a reader recognises it. A signature is folded, not lost, yet cutting what a customer wrote is
worse than showing a signature: what is not plainly one stays. `reply.py` calls this on the new text only.
"""

import re
from collections.abc import Sequence

from innboks.channels.email.quote_lines import clean, is_rule

_MOST_STEPS = 200  # a signature is never made of more pieces; keeps hostile input linear
_WINDOW = 80  # lines above the end in which a delimiter is looked for
_GMAIL_DOT = "\u1427"  # the tracking pixel of a Gmail extension, as text

_DELIMITER = re.compile(r"\s{0,3}--\s*$")
_EXACT = re.compile(r"-- ?\r?$")

# "Sent from my …" and the offers of mobile Outlook. Whole lines, any case; what may stand before and after is bounded.
_DEVICE = re.compile(
    r"""[<(\[\s"'«>*_-]{0,6}(?:
      sent\s(?:wirelessly\s)?(?:from|via|with|using|by|on\sthe\sgo) | get\s\[?outlook\sfor | download\s\[?outlook
    | (?:written|typed|posted|composed)\s(?:on|from)\smy | this\s(?:e-?mail|message)\swas\ssent\sfrom\smy
    | from\smy\s(?:i?phone|ipad|mobile|android|blackberry|cell) | envoy[ée]e?\s(?:sans\sfil|depuis|de\s|à\spartir|par\s|avec|via|du\s)
    | obtene[zr]\s\[?outlook | télécharge[zr]\s\[?outlook | gesendet\s(?:von|vom|mit|über|aus|via)
    | (?:von|mit)\smeine[mnr]\s.{1,60}\sgesendet | diese\s(?:nachricht|e-?mail|mail)\swurde\s(?:von|mit)\s.{1,80}\sgesendet
    | holen\ssie\ssich\s\[?outlook | laden\ssie\s\[?outlook | \[?outlook\sfür\s.{1,40}\s(?:beziehen|herunterladen|abrufen)
    | enviad[oa]\s(?:desde|con|por|a\strav|do|da|de|pelo|pela|com|via|a\spartir|no) | obtener\s\[?outlook | descarg\w+\s\[?outlook
    | obt(?:er|enha)\s(?:o\s)?\[?outlook | baix\w+\s(?:o\s)?\[?outlook | inviat[oa]\s(?:da|dal|dall|con|tramite|mediante)
    | ottieni\s\[?outlook | scarica\s\[?outlook | (?:verzonden|verstuurd)\s(?:vanaf|met|via|door|vanuit|van) | download\s\[?outlook
    | \[?outlook\svoor\s.{1,40}\s(?:downloaden|ophalen) | (?:sendt|skickat|skickades|sent)\s(?:fra|från|med|via)
    | (?:hent|skaff|last\sned|hämta|få)\s\[?outlook | lähetetty\s | hanki\s\[?outlook | wys[łl]an[eoay]\s(?:z|za|przy|przez)
    | (?:pobierz|uzyskaj)\s.{0,12}outlook | (?:odesláno|odoslané|poslané|posláno)\s(?:z|zo|ze|pomocou|pomocí|přes|cez)
    | (?:získejte|stáhnout|získajte|stiahnuť)\s.{0,12}outlook | (?:el)?küldve\s | trimis[ăa]?\s(?:de\spe|din|cu|prin|de\sla)
    | ob[țţ]ine[țţ]i\s\[?outlook | отправлено\s(?:с|из|от|через) | скача(?:йте|ть)\s\[?outlook | получить\s\[?outlook
    | (?:надіслано|відправлено)\s(?:з|із|від|через) | отримати\s\[?outlook | изпратено\s(?:от|с|чрез)
    | (?:στάλθηκε|εστάλη|αποστολή|απεστάλη)\s(?:από|με|μέσω) | λήψη\sτου\s\[?outlook | poslano\s(?:s|z|iz|sa)\s
    | נשלח\s?(?:מ|ב|באמצעות) | (?:أرسلت|أُرسلت|مرسل|تم\sالإرسال|أرسل)\s(?:من|عبر|باستخدام) | 发自我?的? | 發自 | 寄自 | 传送自
    | 傳送自 | (?:從|从)我的.{1,40}(?:傳送|发送|寄出|發送) | (?:取得|获取|下载|下載)\s?outlook | 来自我的 | (?:đã\s|được\s)?gửi\stừ
    | tải\s(?:xuống\s)?outlook | ส่งจาก | รับ\soutlook | dikirim\sdari | получите\s\[?outlook
    ).{0,100}$
    | .{0,30}\bfrom\s(?:my\s)?(?:mobile|i?phone|ipad|android|blackberry|cell)\b.{0,20}$
    | .{1,60}(?:gönderildi|gönderilmiştir|küldve|から送信|から送信されました|에서\s보냄|에서\s보냈습니다|で送信|を入手)[.)\s>]{0,3}$
    | .{1,20}\siçin\s\[?outlook.{1,20}
    """,
    re.IGNORECASE | re.VERBOSE,
)
_POLITE = re.compile(r"please|pls|excuse|sorry|apolog|pardon|forgive|ignore|bitte|merci|désol|disculp|scus|brevity|veuillez", re.IGNORECASE)
_VERB_AFTER = re.compile(r"\b(?:is|are|was|were|but|because|which|and\sit|yesterday|today|last|this\s(?:morning|week))\b", re.IGNORECASE)
_LINK = re.compile(r"<?https?://\S+>?|\(https?://[^)\s]{1,200}\)|\[[^\]]{1,80}\]", re.IGNORECASE)

_ENGLISH_CLOSINGS = """best regards; kind regards; warm regards; warmest regards; regards; best; best wishes; sincerely;
    sincerely yours; yours sincerely; yours truly; yours faithfully; cheers; cordially; respectfully; with best regards;
    with kind regards; many thanks and best regards; brgds; br; kr; rgds"""
_CLOSINGS = """mit freundlichen grüßen; mit freundlichen grüssen; mit freundlichem gruß; mit freundlichem gruss; freundliche grüße;
    freundliche grüsse; viele grüße; viele grüsse; beste grüße; beste grüsse; liebe grüße; liebe grüsse; herzliche grüße;
    schöne grüße; mit besten grüßen; mit besten grüssen; hochachtungsvoll; mfg; vg; lg; gruß; grüße; grüsse; gruss;
    mit lieben grüßen; schönen gruß; cordialement; bien cordialement; bien à vous; salutations; sincères salutations;
    meilleures salutations; cdlt; bien à toi; amicalement; respectueusement; saludos; un saludo; saludos cordiales; cordialmente;
    atentamente; atte; un cordial saludo; cordiales saludos; muchos saludos; cordiali saluti; distinti saluti; saluti; un saluto;
    a presto; atenciosamente; att; cumprimentos; com os melhores cumprimentos; melhores cumprimentos; abraço; abraços;
    met vriendelijke groet; met vriendelijke groeten; vriendelijke groet; vriendelijke groeten; groet; groeten; groetjes; mvg;
    hartelijke groet; hartelijke groeten; hilsen; med vennlig hilsen; vennlig hilsen; med venlig hilsen; venlig hilsen;
    de bedste hilsner; bedste hilsner; mange hilsner; beste hilsen; mvh; vh; hilsner; med vänlig hälsning; med vänliga hälsningar;
    vänliga hälsningar; vänlig hälsning; hälsningar; hälsning; med vennleg helsing; helsing; vennleg helsing; hej då;
    ystävällisin terveisin; parhain terveisin; terveisin; t; yst terv; pozdrawiam; pozdrawiam serdecznie; serdecznie pozdrawiam;
    z poważaniem; z powazaniem; z wyrazami szacunku; łączę pozdrowienia; pozdrowienia; s pozdravem; s přátelským pozdravem;
    s pozdravom; s priateľským pozdravom; zdravím; hezký den; üdvözlettel; tisztelettel; üdv; köszönettel; cu stimă; cu respect;
    toate cele bune; cu drag; с уважением; с наилучшими пожеланиями; с наилучшими; всего доброго; з повагою;
    з найкращими побажаннями; с уважение; поздрави; с поздрав; με εκτίμηση; φιλικά; με φιλικούς χαιρετισμούς; χαιρετισμούς;
    saygılarımla; saygılarımızla; iyi çalışmalar; selamlar; sevgiler; בברכה; בכבוד רב; תודה ובברכה; مع أطيب التحيات;
    مع خالص التحيات; تحياتي; مع فائق الاحترام; よろしくお願いします; よろしくお願いいたします; 以上、よろしくお願いいたします; 敬具;
    此致; 此致敬礼; 祝好; 顺祝商祺; 敬上; 謹上; 감사합니다; 드림; trân trọng; thân mến; kính thư; ขอแสดงความนับถือ; ด้วยความเคารพ;
    srdačan pozdrav; lijep pozdrav; s poštovanjem; lep pozdrav; pagarbiai; lugupidamisega; ar cieņu; kveðja; salam; hormat kami;
    atentament"""
_ENGLISH_CLOSING = frozenset(" ".join(words.split()) for words in _ENGLISH_CLOSINGS.split(";"))
_CLOSING = _ENGLISH_CLOSING | {" ".join(words.split()).casefold() for words in _CLOSINGS.split(";")}
_THANKS = frozenset(
    {"thanks", "thank you", "many thanks", "danke", "merci", "gracias", "obrigado", "obrigada", "grazie", "takk", "tak", "tack"}
)

_SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？", ")")
_PARTICLES = frozenset({"von", "van", "de", "da", "del", "der", "den", "di", "la", "le", "af", "av", "bin", "al", "y", "e", "dos"})
_DASH_NAME = re.compile(r"-{1,2}\s?[^\W\d_][\w'.]{1,20}(?: [^\W\d_][\w'.]{0,20}){0,2}[.!]?$")
_NAME = re.compile(r"[^\w\s]{0,8}(?:\w{1,8}\W)?[^\W\d_a-z][\w'’.-]{0,24}(?:[ ,]{1,2}[^\W\d_][\w'’.-]{0,24}){0,5}\.?$")
_CONTACT = re.compile(
    r"[\w.+-]@[\w-]|https?://|\bwww\.|(?:\+|\b00|\(0|\b0)\d[\d\s()/.-]{6,}|\b(?:tel|fax|phone|mobile?|mobil|telefon|handy|tlf|puh|t|m|f|e|p)\s?[.:]\s?[+\d(]",
    re.IGNORECASE,
)
_LEGAL = re.compile(
    r"""confidential|privileged|intended\s(?:only|solely|recipient|for)|vertraulich|bestimmungsgemäß|irrtümlich\serhalten|confidentiel|destinataire|
    confidencial|confidenzial|riservat[ei]|destinatari[oe]|vertrouwelijk|fortrolig|konfidens|konfident|luottamuksel|poufn|adresat|důvěrn|dôvern|bizalmas|
    confidenţial|confidențial|конфиденциальн|конфіденційн|поверителн|εμπιστευτικ|gizli|חסוי|سري|機密|保密|기밀|disclaimer|printing\sthis|\bvirus|antivir""",
    re.IGNORECASE | re.VERBOSE,
)
_LEGAL_OPENING = re.compile(
    r"""[*_\W]{0,6}(?:(?:this|the)\s(?:information|e-?mail|message|communication|transmission|content)|(?:confidentiality|legal|privacy)\b|disclaimer|
    important\snotice|notice:|if\syou\s(?:are\snot|have\sreceived)|diese\s(?:e-?mail|nachricht|mitteilung)|ce\s(?:message|courriel|mail)|cet\se-?mail|
    este\s(?:mensaje|correo|e-?mail)|esta\smensagem|questo\smessaggio|le\sinformazioni\scontenute|la\spresente|dit\s(?:e-?mail|bericht)|deze\se-?mail|
    denne\s(?:e-?post|e-?mail|mail|melding)|detta\s(?:e-?post|mejl)|ta\swiadomość|niniejsza|tato\szpráva|táto\sspráva|ez\s(?:az\s)?(?:e-?mail|üzenet)|
    acest\s(?:mesaj|e-?mail)|(?:это|данное)\sсообщение|please\s(?:consider\sthe|think\sbefore)|virus-?free|virenfrei|avis\sde\sconfident|aviso\s|the\scontents\sof)""",
    re.IGNORECASE | re.VERBOSE,
)


def signature_start(lines: Sequence[str]) -> int:
    """The index of the line at which the signature begins; `len(lines)` when there is none, 0 when all of it looks like one."""
    end = _content_end(lines, len(lines))
    start = end
    for _ in range(_MOST_STEPS):
        upper = _step(lines, start)
        if upper >= start:
            break
        start = _content_end(lines, upper)
    return start if start < end else len(lines)


def armour_lines(lines: Sequence[str]) -> int:
    """How many lines at the top belong to the armour of a signed message (RFC 9580 §7): its first line, its "Hash:" lines, the blank one."""
    first = next((i for i, line in enumerate(lines[:20]) if line.strip()), None)
    if first is None or lines[first].strip() != "-----BEGIN PGP SIGNED MESSAGE-----":
        return 0
    end = first + 1
    while end < min(len(lines), first + 6) and lines[end].strip():
        end += 1
    return end


def _content_end(lines: Sequence[str], end: int) -> int:
    while end and not lines[end - 1].strip():
        end -= 1
    return end


def _step(lines: Sequence[str], end: int) -> int:
    """One piece of signature fewer: where the text above it ends, or `end` when its last piece is no signature."""
    if not end:
        return end
    last = lines[end - 1]
    bare = clean(last)
    if bare == "-----END PGP SIGNATURE-----":
        begin = (i for i in range(end - 1, max(end - 400, -1), -1) if lines[i].strip() == "-----BEGIN PGP SIGNATURE-----")
        return next(begin, end)
    if is_rule(last) or bare == _GMAIL_DOT or not bare:
        return end - 1
    if _is_device(bare):
        return end - 1
    if end > 1 and len(bare) < 120 and _is_device(clean(lines[end - 2]) + " " + bare) and not _is_device(clean(lines[end - 2])):
        return end - 2
    delimiter = _delimiter(lines, end)
    if delimiter < end:
        return delimiter
    if _DASH_NAME.match(bare) and _stands_alone(lines, end - 1):
        return end - 1
    top = _paragraph_top(lines, end)
    if _is_legal(lines, top, end):
        return top
    return min(_closing(lines, end), _card(lines, top, end))


def _is_device(bare: str) -> bool:
    if len(bare) > 180:
        return False
    plain = _LINK.sub("", bare) if "http" in bare or "[" in bare else bare
    if len(plain) > 130 or (not _DEVICE.match(bare) and not _DEVICE.match(plain)):
        return False
    rest = re.split(r"[,.;!]\s", plain, maxsplit=1)
    if len(rest) == 2 and rest[1].strip() and not _POLITE.search(rest[1][:60]):
        return len(rest[1].split()) < 8 and not _VERB_AFTER.search(rest[1])
    return not _VERB_AFTER.search(rest[0])


def _delimiter(lines: Sequence[str], end: int) -> int:
    """The highest delimiter or rule in the window with nothing but signature-like lines below it; `end` when there is none."""
    best = end
    short = True  # all lines below could be a signature's
    below = 0
    for index in range(end - 1, max(end - 1 - _WINDOW, -1), -1):
        line = lines[index]
        if not line.strip():
            continue
        if _EXACT.match(line) or (_DELIMITER.match(line) and (below <= 20 or short)):
            best = index
        elif is_rule(line):
            if short and below <= 12 and index and (line.strip(" *").startswith(("_", "—", "―")) or _signs(lines, index + 1, end)):
                best = index
            elif best == end:
                short = False
        else:
            below += 1
            short = short and len(line) <= 100 and not line.rstrip().endswith(("?", ",", ";")) and not line.startswith(("    ", "\t"))
    return best


def _signs(lines: Sequence[str], start: int, end: int) -> bool:
    """Do the lines below a rule, which people use to part sections too, open like a signature?"""
    first = next((clean(lines[i]) for i in range(start, end) if lines[i].strip()), "")
    return not first or _is_device(first) or _closes(first) or _is_name(first) or _CONTACT.search(first) is not None


def _closes(line: str) -> bool:
    return len(line) < 60 and line.rstrip(",.!:;、。，！ ").casefold() in _CLOSING


def _is_name(line: str) -> bool:
    """Up to five words, each with a capital (or of a script that has none), particles aside."""
    words = line.rstrip(".,").split()
    if not 0 < len(words) <= 5 or len(line) >= 60 or any(letter.isdigit() or letter in ":：;!?" for letter in line):
        return False
    return all(not word[:1].islower() or word in _PARTICLES for word in words)


def _stands_alone(lines: Sequence[str], index: int) -> bool:
    """A "-name" that is no item of a list: the line above is blank or does not start with a dash."""
    return index > 0 and not lines[index - 1].lstrip().startswith(("-", "*", "•")) and not _item_above(lines, index)


def _item_above(lines: Sequence[str], index: int) -> bool:
    above = _content_end(lines, index)
    return above > 0 and (lines[above - 1].lstrip().startswith(("- ", "* ", "• ")) or lines[above - 1].rstrip().endswith((":", "：")))


def _paragraph_top(lines: Sequence[str], end: int) -> int:
    top = end - 1
    while top > 0 and end - top < 40 and lines[top - 1].strip():
        top -= 1
    return top


def _is_legal(lines: Sequence[str], top: int, end: int) -> bool:
    """A legal note: opens as they do, and speaks of confidence or recipients."""
    text = " ".join(lines[top:end])[:3000]
    return len(text) > 60 and _LEGAL_OPENING.match(text.lstrip()) is not None and _LEGAL.search(text) is not None


def _closing(lines: Sequence[str], end: int) -> int:
    """A closing ("Best regards,") with at most three short lines (names, titles) right below it, at the very end. Where letters set a blank line
    below the closing (German DIN 5008 and most others, not English), one may be there."""
    gap = False
    if len(lines[end - 1]) > 70 or lines[end - 1].rstrip().endswith(("?", ":")):
        return end
    for index in range(end - 2, max(end - 6, 0), -1):
        bare = clean(lines[index])
        if not bare:
            if gap:
                return end
            gap = True
            continue
        if gap and (not _closes(bare) or bare.rstrip(",.! ").casefold() in _ENGLISH_CLOSING):
            return end
        if _closes(bare) or (bare.rstrip(",.! ").casefold() in _THANKS and end - index == 2 and " " not in clean(lines[end - 1])):
            return index
        if len(bare) > 60:
            return end
    return end


def _card(lines: Sequence[str], top: int, end: int) -> int:
    """A business card: a last paragraph of three to ten short lines that opens with a name and has two lines of contact data."""
    if not 3 <= end - top <= 10 or top == 0 or any(len(lines[i]) > 90 for i in range(top, end)):
        return end
    above = _content_end(lines, top)
    before = clean(lines[above - 1]) if above else ""
    if not before.endswith(_SENTENCE_ENDS) and not _closes(before):
        return end  # the data may be what the writer wants to say: "Ship to" or "My address:"
    first = clean(lines[top])
    if not _closes(first) and not _NAME.match(first):
        return end
    contacts = sum(1 for i in range(top + 1, end) if _CONTACT.search(lines[i]))
    if contacts < 2:
        return end
    return above - 1 if above > 1 and _closes(before) else top
