"""The words that mail programs put around a mail that is passed on, as data (Gmail, Apple Mail, Outlook, Thunderbird, Yahoo, Notes …),
in English, Norwegian, Swedish, Danish, German, French, Spanish, Italian, Dutch, Portuguese, Polish, Finnish and some more.
`forwarded.py` uses them.
"""

import re
from typing import Final

# The first prefix decides: "Fwd: Re: …" is a forward, "Re: Fwd: …" an answer to one.
FORWARD_PREFIX: Final = re.compile(
    r"\s*(?:\[[^\]]{1,60}\]\s*)?(?:fwd?|fw|forward(?:ed)?|vs|vb|wg|tr|rv|i|enc|res-enc|doorst|pd|vl|továbbítás|tovabbitas|ilt|i̇lt|πρθ|"
    r"пересл|fs|trs|转发|轉寄|転送|전달|videresendt|weitergeleitet|inoltra)\s*(?:\[\d{1,3}\])?\s*[:：.]\s"
)
REPLY_PREFIX: Final = re.compile(
    r"\s*(?:\[[^\]]{1,60}\]\s*)?(?:re|sv|aw|antw|odp|res|rif|r|ref|vá|ynt|απ|回复|回覆|返信|답장)\s*(?:\[\d{1,3}\])?\s*[:：]"
)

_FORWARDED: Final = (
    r"forwarded (?:message|email|mail|by)|begin forwarded message|"
    r"(?:start(?:en)? (?:på|af) )?videresend(?:t|te) (?:melding|e-?post|besked|meddelelse|mail)|"
    r"vidarebefordra(?:t|de) (?:meddelande|mejl|brev|e-?post)|(?:anfang der )?weitergeleitete[nr]? (?:nachricht|e-?mail|mail)|"
    r"(?:début du )?message (?:transféré|réexpédié|transmis)|(?:inicio del )?mensaje reenviado|(?:inizio )?messaggio inoltrato|"
    r"(?:begin )?doorgestuurd bericht|(?:início da )?mensagem (?:re)?encaminhada|(?:początek )?(?:przekazywanej|przekazanej|"
    r"przekazana) wiadomo\w{1,3}|"
    r"wiadomość przekazana|treść przekazanej wiadomości|(?:välitetty|edelleenlähetetty) viesti(?: alkaa)?|"
    r"пересылаемое сообщение|пересланное сообщение|přeposlaná zpráva|továbbított (?:üzenet|levél)|iletilen ileti|mesaj redirecționat|"
    r"missatge reenviat|proslijeđena poruka|転送されたメッセージ|转发的邮件|轉寄的郵件|전달된 메시지"
)
MARKER: Final = re.compile(rf"(?:[-=_~*]{{2,60}}\s*(?:{_FORWARDED})\b.{{0,120}}|(?:{_FORWARDED})\s*[:：])\s*$")
# One of these is in every marker: a quick look before the lines are read.
MARKER_HINTS: Final = (
    "forwarded", "videresend", "vidarebefordra", "weitergeleitet", "transféré", "réexpédié", "transmis", "reenvia", "inoltrato",
    "doorgestuurd", "encaminhada", "przekaz", "välitetty", "edelleenläh", "пересыл", "переслан", "přeposlan", "továbbított", "iletilen",
    "redirecționat", "proslijeđena", "転送", "转发", "轉寄", "전달",
)  # fmt: skip

_FROM = (
    r"from|fra|från|von|de|da|van|od|lähettäjä|avsender|afsender|avsändare|absender|expéditeur|remitente|mittente|afzender|remetente|"
    r"nadawca|"
    r"de la|feladó|gönderen|kimden|από|от|от кого|发件人|寄件者|差出人|送信者|보낸 사람|보낸사람"
)
_OTHERS = (
    r"sent|date|to|cc|bcc|subject|reply-to|organi[sz]ation|importance|priority|attachments?|"
    r"sendt|dato|til|kopi|emne|svar til|skickat|datum|till|ämne|ärende|gesendet|an|betreff|kopie|antwort an|envoyé(?: le)?|à|objet|"
    r"répondre à|"
    r"enviado(?: el)?|fecha|para|asunto|inviato|data|a|oggetto|verzonden|aan|onderwerp|enviad[oa](?: em)?|assunto|wysłano|do|temat|dw|"
    r"lähetetty|päivämäärä|päiväys|vastaanottaja|kopio|aihe|odesláno|komu|předmět|kopie|elküldve|dátum|címzett|tárgy|másolat|"
    r"gönderildi|tarih|kime|konu|дата|кому|тема|копия|отправлено|发送时间|收件人|主题|抄送|日時|送信日時|宛先|件名|보낸 날짜|받는 사람|제목"
)
ASKING: Final = re.compile(_FROM)
LABEL: Final = re.compile(rf"({_FROM}|{_OTHERS})\s?[:：]\s*(.{{0,400}})$", re.IGNORECASE)
ABOVE: Final = re.compile(rf"(?:{_FROM})\s?[:：]\s*\S")

# "On … Ola wrote:", the beginning of what a reply quotes.
REPLY_INTRO: Final = re.compile(
    r"(?:on|den|am|le|el|il|op|em|w dniu|dnia|ons\.|man\.|tir\.|tor\.|fre\.|lør\.|søn\.|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}).{5,200}"
    r"(?:wrote|skrev(?: følgende)?|schrieb|a écrit|escribió|ha scritto|schreef|escreveu|napisał\(?a?\)?|kirjoitti)\W{0,4}$"
)
