"""What mail programs write above a quotation, as data: header names, verbs and phrases in many languages, and the tests built from them.

Everything here looks at one line (or a few joined ones) of bounded length, so that no pattern can run away. `reply.py` decides what a
match means. To teach the product a language, add its words here and a line to the tests.
"""

import re

LONGEST = 700  # characters: no mail program writes a longer attribution, so longer lines are never tried

# Invisible marks that Apple Mail, Gmail and Outlook put around names in right-to-left languages, and zero-width characters.
_MARKS = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF])
_MARKED = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")

FROM, DATE, TO, SUBJECT, COPY, OTHER = range(6)

_HEADER_NAMES = {
    FROM: """from; von; de; da; van; fra; från; lähettäjä; od; feladó; de la; expeditor; от; от кого; від; від кого; από; kimden;
        gönderen; מאת; من; 差出人; 送信者; 发件人; 發件人; 寄件者; 寄件人; 보낸 사람; 보낸사람; 보낸이; từ; người gửi; จาก;
        expéditeur; remitente; mittente; afzender; absender; remetente; odesílatel; odosielateľ; nadawca; avsender; afsender;
        avsändare; sender; šalje; nuo; saatja; no; frá; dari; pošiljatelj; message de""",
    DATE: """date; sent; datum; gesendet; gesendet am; envoyé; envoyé le; envoyée; enviado; enviado el; enviado em; enviada;
        enviada em; fecha; data; inviato; inviato il; verzonden; verstuurd; sendt; dato; sendt den; skickat; lähetetty; päivämäärä;
        päiväys; pvm; wysłano; wysłane; data wysłania; odesláno; odoslané; dátum; elküldve; küldve; küldés dátuma; trimis; trimisă;
        trimis la; отправлено; дата; дата отправки; надіслано; відправлено; изпратено; στάλθηκε; απεστάλη; ημερομηνία; gönderildi;
        gönderme tarihi; gönderilme tarihi; tarih; נשלח; תאריך; تم الإرسال; أرسلت; أُرسلت; التاريخ; تاريخ الإرسال; تاريخ; 送信日時;
        日時; 日付; 送信済み; 发送时间; 发送日期; 發送時間; 日期; 寄件日期; 傳送時間; 時間; 时间; 보낸 날짜; 보낸날짜; 날짜; 보냄;
        đã gửi; ngày; ngày gửi; thời gian; ส่ง; ส่งเมื่อ; วันที่; message du; poslano; sent on; date sent; sent at""",
    TO: """to; an; à; a; para; aan; til; till; vastaanottaja; do; komu; címzett; către; кому; до; получатель; προς; kime; alıcı; אל;
        إلى; الى; 宛先; 收件人; 收件者; 받는 사람; 받는사람; tới; đến; người nhận; ถึง; destinataire; destinataires; destinatario;
        destinatarios; kam; adresat; pro; za; prima; kepada; empfänger; mottagare; modtager; mottaker; ontvanger""",
    SUBJECT: """subject; betreff; objet; asunto; oggetto; assunto; onderwerp; emne; ämne; aihe; otsikko; temat; předmět; predmet;
        tárgy; subiect; тема; относно; θέμα; konu; נושא; الموضوع; 件名; 主题; 主題; 主旨; 標題; 标题; 제목; chủ đề; tiêu đề; เรื่อง;
        หัวเรื่อง; sujet; tema; teema; thema; betrifft; assumpte; efni; perihal; re""",
    COPY: """cc; bcc; kopie; kopie (cc); copie; copie à; copia; kopi; kopia; kopio; dw; másolat; másolatot kap; копия; копія; κοιν;
        κοινοποίηση; bilgi; עותק; نسخة; نسخة إلى; 抄送; 副本; 참조; สำเนา; con copia; con copia a; cópia; cc à; cc:; đồng kính gửi""",
    OTHER: """reply-to; reply to; répondre à; antwort an; responder a; importance; priority; priorité; priorität; wichtigkeit;
        attachments; attachment; anlagen; pièces jointes; organization; organisation; sensitivity; newsgroups; message-id;
        importanza; prioridad""",
}
HEADER_NAMES: dict[str, int] = {
    " ".join(name.split()): kind for kind, names in _HEADER_NAMES.items() for name in names.split(";") if name.strip()
}

# "Original message" and its kin, written between dashes (or stars) by Outlook, Android, Lotus Notes, Roundcube, GMX …
_ORIGINAL = """original message; original mail; original email; original e-mail; original text; reply message; original-nachricht;
    ursprüngliche nachricht; originalnachricht; ursprungsnachricht; antwort nachricht; original nachricht; originalmail;
    ursprüngliche mail; ursprüngliche e-mail; message d'origine; message original; message initial; courriel original;
    mensaje original; correo original; mensaje de origen; messaggio originale; messaggio originario; mensagem original;
    mensagem de origem; oorspronkelijk bericht; origineel bericht; oorspronkelijk e-mailbericht; opprinnelig melding;
    original melding; original e-post; opprinnelig e-post; opprinneleg melding; oprindelig meddelelse; oprindelig besked;
    oprindelig mail; original meddelelse; ursprungligt meddelande; originalmeddelande; ursprungligt mail; alkuperäinen viesti;
    wiadomość oryginalna; oryginalna wiadomość; wiadomość pierwotna; původní zpráva; původní e-mail; pôvodná správa; eredeti üzenet;
    mesaj original; mesajul original; mesaj inițial; исходное сообщение; оригинальное сообщение; первоначальное сообщение;
    пересылаемое сообщение; вихідне повідомлення; оригінальне повідомлення; первинне повідомлення; оригинално съобщение;
    първоначално съобщение; αρχικό μήνυμα; πρωτότυπο μήνυμα; orijinal mesaj; özgün ileti; orijinal ileti; asıl ileti; הודעה מקורית;
    ההודעה המקורית; الرسالة الأصلية; رسالة أصلية; 元のメッセージ; 元のメール; オリジナルメッセージ; 原始邮件; 原邮件; 原始信息;
    原始郵件; 原始訊息; 原始信件; 원본 메시지; 원본 메일; 원본메시지; 원본메일; thư gốc; tin nhắn gốc; thông báo gốc;
    ข้อความต้นฉบับ; ข้อความเดิม; izvorna poruka; originalna poruka; prvotno sporočilo; pradinis laiškas; algne sõnum;
    upphafleg skilaboð; pesan asli; missatge original; izvorno sporočilo"""
# Somebody's mail passed on: the same place in the mail, another meaning.
_FORWARDED = """forwarded message; begin forwarded message; forwarded by; fwd; forwarded mail; forwarded email;
    forwarded conversation; weitergeleitete nachricht; anfang der weitergeleiteten nachricht; beginn der weitergeleiteten nachricht;
    weitergeleitete mail; message transféré; début du message transféré; message réexpédié; début du message réexpédié;
    courriel transféré; mensaje reenviado; inicio del mensaje reenviado; inicio de mensaje reenviado; mensaje redirigido;
    messaggio inoltrato; inizio messaggio inoltrato; inizio del messaggio inoltrato; mensagem encaminhada; mensagem reencaminhada;
    início da mensagem encaminhada; início da mensagem reencaminhada; doorgestuurd bericht; begin doorgestuurd bericht;
    doorgezonden bericht; videresendt melding; videresendt besked; videresendt meddelelse; start på videresendt melding;
    start på videresendt besked; begynnelse på videresendt melding; vidarebefordrat meddelande; vidarebefordrat brev;
    vidarebefordrat mejl; början på vidarebefordrat meddelande; välitetty viesti; edelleenlähetetty viesti; välitetty viesti alkaa;
    wiadomość przekazana; przekazana wiadomość; początek przekazanej wiadomości; treść przekazanej wiadomości; přeposlaná zpráva;
    začátek přeposlané zprávy; preposlaná správa; začiatok preposlanej správy; továbbított üzenet; a továbbított üzenet kezdete;
    mesaj redirecționat; mesaj redirecţionat; început mesaj redirecționat; пересылаемое сообщение; пересланное сообщение;
    начало переадресованного сообщения; начало пересылаемого сообщения; переслане повідомлення;
    початок переадресованого повідомлення; препратено съобщение; начало на препратеното съобщение; προωθημένο μήνυμα;
    αρχή προωθημένου μηνύματος; yönlendirilmiş ileti; iletilmiş ileti; iletilen mesaj; yönlendirilen mesaj başlangıcı;
    הודעה שהועברה; תחילת ההודעה שהועברה; رسالة معاد توجيهها; بدء الرسالة المعاد توجيهها; الرسالة المعاد توجيهها; 転送メッセージ;
    転送されたメッセージ; 转发的邮件; 转发邮件信息; 下面是被转发的邮件; 轉寄的郵件; 轉寄郵件; 以下是轉寄的信件; 전달된 메시지;
    전달한 메시지; thư được chuyển tiếp; thư đã chuyển tiếp; tin nhắn được chuyển tiếp; ข้อความที่ส่งต่อ; proslijeđena poruka;
    posredovano sporočilo"""
# Above the history that help desks and forums put below their own notifications.
_HISTORY = """previous replies; previous messages; vorherige antworten; réponses précédentes; respuestas anteriores;
    respostas anteriores; risposte precedenti; vorige antwoorden; eerdere antwoorden; tidigare svar; tidligere svar;
    aiemmat vastaukset; poprzednie odpowiedzi; předchozí odpovědi; predchádzajúce odpovede; előző válaszok; răspunsuri anterioare;
    предыдущие ответы; попередні відповіді; предишни отговори; προηγούμενες απαντήσεις; önceki yanıtlar; תגובות קודמות;
    الردود السابقة; 以前の返信; 上一个回复; 之前的回复; 先前的回覆; 이전 답글; 이전 댓글"""


def _phrases(text: str) -> frozenset[str]:
    return frozenset(" ".join(phrase.split()).casefold() for phrase in text.split(";"))


ORIGINAL, FORWARDED, HISTORY = _phrases(_ORIGINAL), _phrases(_FORWARDED), _phrases(_HISTORY)

# Verbs that end an attribution ("… wrote:"). Longest first, so that "wrote the following" wins over "wrote".
_VERBS = """wrote the following; wrote; writes; said; has written; schrieb folgendes; schrieb; schreibt; hat geschrieben;
    geschrieben; a écrit; a écrit ce qui suit; écrivait; escribió lo siguiente; escribió; escribio; escreveu; ha scritto;
    ha scritto quanto segue; scrive; het volgende geschreven; heeft geschreven; geschreven; schreef het volgende; schreef;
    skrev følgende; skrev följande; skrev; skreiv; har skrevet; kirjoitti; napisał(a); napisał; napisała; napisał/a; napisali;
    pisze; napsal(a); napsal; napsala; napísal(a); napísal; napísala; ezt írta; írta; a scris; a scris următoarele; написал(а);
    написал; написала; пишет; написав(ла); написав; написала; пише; написа; έγραψε; έγραψαν; şunu yazdı; şunları yazdı; yazdı;
    yazmış; כתב; כתבה; כתב/ה; كتب; كتبت; كتب ما يلي; đã viết; viết; เขียน; เขียนว่า; vreo; napisao; napisala; napisao/la;
    napisao je; napisala je; napisao/la je; je napisao; je napisal; rašė; kirjutas; rakstīja; skrifaði; menulis; va escriure"""
_CJK_VERBS = "写道 寫道 写到 寫到 のメール さんは書きました は書きました が書きました 님이 작성 님이 작성함 작성 님이 씀"
# "… sent:" is how some phones put it; only right at the end and with a date.
_VERB = "|".join(
    sorted(
        {re.escape(" ".join(v.split())).replace(r"\ ", r"\s+") for v in _VERBS.split(";")},
        key=len,
        reverse=True,
    )
)
_CJK = "|".join(sorted(_CJK_VERBS.split(), key=len, reverse=True))
VERB_AT_END = re.compile(rf"(?:(?:(?<!\w)|(?<=[>\]]))(?:{_VERB}|sent)|{_CJK})\s*[:：]?\s*$", re.IGNORECASE)
# Where the verb stands before the date or the name: "X schrieb am …:", "X <x@y> ezt írta (…):", "تمت كتابة ما يلي بواسطة X:".
_VERB_WITHIN = re.compile(
    r"(?<!\w)(?:schrieb|hat|ezt írta|skrev|schreef|heeft|تمت كتابة|كتب|tarihinde|wrote|scrisse|kirjoitti|napisana przez|"
    r"şunları yazdı|şunu yazdı|пользователь|користувач|użytkownik|χρήστης)(?!\w)",
    re.IGNORECASE,
)
_LAST_WORDS = tuple(sorted({v.split()[-1] for v in _VERBS.split(";")} | {"sent"} | set(_CJK_VERBS.split())))
QUOTING = re.compile(r"(?:quoting|zitat von|citando|citat|citat från|citerar|cytowanie|citazione|citation de)\s", re.IGNORECASE)
_OPENERS = re.compile(
    r"[\s*>\"'(\[-]{0,8}(?:on|at|in data|le|am|el|em|il|il giorno|op|de[nt]|w dniu|dnia|dne|dňa|în|in|"
    r"на|в|во|στις|בתאריך|ב-?|في|بتاريخ|vào|lúc|เมื่อ|在|於|于|kl|no dia|pada|dana)\s*(?=[\s\d,:]|[^\W\d_]{2,9}[.,]?\s)",
    re.IGNORECASE,
)
_FIRST_PERSON = re.compile(
    r"(?<!\w)(?:schrieb (?:ich|wir)|skrev (?:jeg|jag|vi)|schreef (?:ik|wij)|(?:i|we) wrote|hat (?:mir|uns))(?!\w)", re.IGNORECASE
)
_MUTT = re.compile(r"[>)] \[[^\[\]]{6,50}\]:$")
_TIME = r"(?<![\d.])\d{1,2}\s?[:.hH시時点]\s?\d{2}(?!\d)"
_DAY = r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\s?\d{1,2}[-/.]\s?\d{2,4}|(?:19|20)\d\d|\d{1,2}\s?[月월]|\d{1,2}-[a-z]{3}"
_WHEN = re.compile(rf"{_TIME}|(?<!\d)(?:{_DAY})", re.IGNORECASE)
_DAY_FIRST = re.compile(r"[^\W\d_]{2,14}[.,]{0,2} \d{1,2}\b")
_HOUR = re.compile(_TIME)
_WEEKDAY = re.compile(r"on (?:mon|tues|wednes|thurs|fri|satur|sun)day,? \S", re.IGNORECASE)
# "On Monday, January 5 …": the date stands at once. "In your mail of 5 January you wrote:" is a person's own sentence.
_DATED_OPENER = re.compile(
    r"[\s*>\"'(\[-]{0,8}(?!in (?!data))(?:[^\W\d_]{1,12}[.,]{0,2}\s?)?(?:dniu |data |giorno |dia )?"
    r"(?:[^\W\d_]{1,14}[.,]{0,2}\s?){0,2}[-,\s]{0,2}\d",
    re.IGNORECASE,
)
_NAMED = re.compile(r"[<(\[][^\s<>@]{0,120}@[^\s<>@]{1,160}[>)\]]{1,2}[\s,\"'*>]{0,4}$")
_MAIL = re.compile(r"[^\s<>@]@[^\s<>@]")
_MAIL_AT_END = re.compile(r"[^\s<>@]@[^\s<>@]{1,120}[\s>)\]\"'»,*]{1,10}[:：]$")
_OLD_GMAIL = re.compile(r"\d{4}-\d{1,2}-\d{1,2} \d{1,2}:\d{2}(?::\d{2})? (?:GMT|UTC)(?:[+-]\d{1,2}:?\d{2})?[ :,]")
_DATE_THEN_MAIL = re.compile(r"\d{4}[-/]\d{1,2}[-/]\d{1,2}[ ,].{0,200}<[^\s<>@]{1,80}@[^\s<>@]{1,80}>:?$")
_DECOR = frozenset("-–—_*=~<>|#[(\u200b\u200e\u200f\u202a\u202b\ufeff")
_DECOR_END = _DECOR | frozenset(":：])")
_GLUED = re.compile(r"(?:-{2,}\s?|(?<=\S)\s)(?=On\s(?:[A-Z][a-z]{2,8},?\s|\d).{6,300}:\s*$)")
_DASHES_BEFORE = re.compile(r"[-–—_*=~<>|\s]*")
_DASHES = re.compile(r"[-–—_*=~]{2,}")
_RULE = re.compile(r"\s{0,8}[*_\s]{0,2}(?:[-–—_*=#~+▬─━＿]\s?){4,}[\s*]{0,3}$|\s{0,8}(?:[-–—_=~*#+]\s?){2,}\s{0,3}$")

_ABOVE = re.compile(
    r"\b(?:above|oberhalb|über|au-dessus|ci-dessus|encima|arriba|acima|sopra|boven|ovanför|over|ovenfor|yläpuolelle|powyżej|nad|fölé|deasupra|"
    r"выше|вище|над|πάνω|üzerine|üstüne|מעל|فوق)\b|上方|より上|위에",
    re.IGNORECASE,
)
_REPLY = re.compile(
    r"\b(?:reply|replies|respond|response|answer|type|write|antwort\w*|répon\w+|respuesta|respond\w+|respost\w+|rispo\w+|antwoord\w*|svar\w*|skriv|"
    r"vasta\w+|odpowied\w+|odpov\w+|válasz\w*|răspun\w+|ответ\w*|відпов\w+|отгов\w+|απάντησ\w+|yanıt\w*|תשוב\w+|الرد|ردك)|回复|回覆|返信|답장",
    re.IGNORECASE,
)
_LINE_WORD = re.compile(
    r"\b(?:line|linie|zeile|ligne|línea|linha|linea|riga|lijn|regel|rad|linje|linjen|viivan|rivin|linii|linią|čáru|čárou|řádek|riadok|čiaru|vonal|sor|"
    r"linia|linie|лини\w+|рядк\w+|строк\w+|черт\w+|γραμμή|çizgi\w*|satır\w*|קו|שורה|الخط|السطر|delimiter)\b|线|線|ライン|줄",
    re.IGNORECASE,
)


def clean(line: str) -> str:
    """The line as it is compared: without invisible marks, quote marks, bold stars and outer blanks."""
    if _MARKED.search(line):
        line = line.translate(_MARKS)
    return line.replace("\xa0", " ").replace("\u202f", " ").strip().strip("*").strip()


def header_name(line: str) -> int | None:
    """The kind of header that the line starts with ("From:", "*Gesendet:* …", "差出人："), or None."""
    head = line[:48]
    if _ORANGE.match(head):
        return DATE
    colon = head.find(":")
    wide = head.find("：")
    if colon < 0 or 0 <= wide < colon:
        colon = wide
    if colon < 1:
        return None
    name = clean(head[:colon].lstrip("> \t|")).casefold()
    return HEADER_NAMES.get(" ".join(name.split())) if len(name) < 32 else None


def header_word(line: str) -> int | None:
    """The kind of header whose name is all that the line holds, without a colon (Lotus Notes)."""
    return HEADER_NAMES.get(clean(line).casefold()) if len(line) < 16 else None


def is_link(line: str) -> bool:
    """An address of a page and nothing else, as left over when a link was wrapped out of a quoted line."""
    return _LINK.match(line) is not None


_LINK = re.compile(r"\s*[(<\[]?https?://[^\s<>]{1,1900}[)>\]]?\s*>?\s*$")
_ORANGE = re.compile(r"[> \t]{0,4}message du \d", re.IGNORECASE)  # Orange writes no colon after it
_NAME_WITHIN = re.compile(r"(?<=[\s*>.a-z])([^\W\d_]{1,12})\s?\*?\s?[:：]")


def names_within(line: str) -> set[int]:
    """Kinds of further headers on the same line, as left behind when line breaks were lost ("À : a@example.com Objet : …")."""
    first = line.find(":") + 1
    found = (HEADER_NAMES.get(match[1].casefold()) for match in _NAME_WITHIN.finditer(line, first))
    return {kind for kind in found if kind in (DATE, SUBJECT, TO)}


def is_rule(line: str) -> bool:
    """A line drawn with dashes, underscores, stars …, as set above quotations and signatures."""
    return len(line) < 400 and _RULE.match(line) is not None


def separator(line: str) -> frozenset[str] | None:
    """ORIGINAL, FORWARDED or HISTORY when the line is such a phrase, decorated as mail programs do it; else None."""
    edges = line[:160].strip()
    if len(line) > 160 or not edges or (edges[0] not in _DECOR and edges[-1] not in _DECOR_END):
        return None
    bare = clean(line)
    phrase = bare.strip("-–—_*=~<>|#[]() \t").rstrip(":： ").casefold().replace("’", "'")
    phrase = " ".join(phrase.split())
    if len(phrase) < 3 or len(phrase) > 60:
        return None
    decorated = _DASHES.search(line) is not None
    if phrase in ORIGINAL:
        return ORIGINAL if decorated or bare.startswith(("*", "[")) or line.strip().startswith("*") else None
    if phrase in FORWARDED or (decorated and phrase.startswith(("forwarded by ", "forwarded message from"))):
        return FORWARDED if decorated or bare.endswith((":", "：")) else None
    if phrase in HISTORY:
        return HISTORY if decorated or line.strip().startswith(("*", "#", "_")) or bare.endswith((":", "：")) else None
    return None


def is_reply_above(line: str) -> bool:
    """ "## Please type your reply above this line ##" and the like: below it stands history."""
    if not 10 < len(line) < 140:
        return False
    bare = line.strip()
    letters = bare.strip("#-=*_~–—<>[](){} \t.:!\\/+")
    if len(bare) - len(letters) < 4 and not letters.lower().startswith(("please type your reply above", "reply above this line")):
        return False
    return _ABOVE.search(letters) is not None and _REPLY.search(letters) is not None and _LINE_WORD.search(letters) is not None


def is_attribution_tail(line: str) -> bool:
    """ "> wrote:" or ">:", left alone on a line when an address was wrapped before its last bracket."""
    bare = line.lstrip(" >")
    return bare[:1] in (":", "：") or (VERB_AT_END.match(bare) is not None and bare.rstrip()[-1:] in ":：")


def ends_attribution(line: str) -> bool:
    """A cheap first look: could an attribution end with this line?"""
    bare = line.rstrip(" \t\xa0*>\u200e\u200f\u202c\u2069-–—_\r")
    if not bare:
        return False
    if bare[-1] in ":：":
        return True
    if bare[-24:].casefold().endswith(_LAST_WORDS):
        return True
    return line[:1].isdigit() and (line.rstrip().endswith(">") or _OLD_GMAIL.match(line) is not None)


def unglue(line: str) -> tuple[str, str] | None:
    """ "my words--- On Wed … wrote:" as two lines, where a program set its attribution right behind the words; else None."""
    match = _GLUED.search(line) if len(line) < LONGEST and line.rstrip().endswith(":") else None
    if match is None or not line[: match.start()].strip("-> ") or line.startswith((">", "On ")):
        return None
    rest = line[match.end() :]
    return (line[: match.start()], rest) if attribution(rest, quote_follows=False) and "wrote" in rest else None


def has_date(text: str) -> bool:
    """A time, a day or a year, in any of the scripts' digits."""
    return _WHEN.search(text) is not None


def has_time(text: str) -> bool:
    """A time of day."""
    return _HOUR.search(text) is not None


def opens_attribution(line: str) -> bool:
    """The line begins as attributions do: "On …", "Le …", a digit, a weekday before a date."""
    bare = clean(line[:120]).lstrip("> -\"'")
    if not bare:
        return False
    return bare[0].isdigit() or any((_OPENERS.match(bare), _DAY_FIRST.match(bare), _WHEN.search(bare[:36])))


def attribution(text: str, *, quote_follows: bool) -> bool:
    """Is this (joined) line the sentence that mail programs put above a quotation? `quote_follows`: the next line is marked as quoted."""
    dashed = _DASHES_BEFORE.match(text)
    led = text[: dashed.end()] if dashed else ""
    bare = clean(text[len(led) :])
    core = bare.rstrip("-–—_*=~<>| ") if bare[-1:] in "-–—_*=~" else bare
    between_dashes = len(core) < len(bare) and "--" in led
    core = core.rstrip()
    if not core or len(core) > LONGEST:
        return False
    colon = core[-1] in ":："
    when, mail = _WHEN.search(core) is not None, _MAIL.search(core) is not None
    if verb := VERB_AT_END.search(core[-48:]):
        named = _NAMED.search(core[: max(len(core) - 48, 0) + verb.start()]) is not None
        if between_dashes or (mail and (when or quote_follows or named)):
            return True
        if when:
            return quote_follows or _DATED_OPENER.match(core) is not None
        return _WEEKDAY.match(core) is not None or (quote_follows and colon and len(core) < 80)
    if colon and (when or quote_follows) and (mail or _DATED_OPENER.match(core)) and _VERB_WITHIN.search(core):
        return mail or _FIRST_PERSON.search(core) is None
    if colon and when and mail and _MUTT.search(core):
        return True
    if colon and when and _MAIL_AT_END.search(core):
        return opens_attribution(core) or quote_follows
    if colon and QUOTING.match(core):
        return True
    if _OLD_GMAIL.match(core):
        return True
    return quote_follows and _DATE_THEN_MAIL.match(core) is not None
