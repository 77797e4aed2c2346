"""The line above a quotation in the languages and mail programs people use: whatever it is, only the words above it are new."""

import pytest

from innboks.channels.email.reply import split_reply

NEW = "Thanks, that works now.\n\nOne more thing: can I pay by card?"
OLD = "Good morning,\nplease try again with the new version.\nThe support team"

ATTRIBUTIONS = {
    "en gmail": "On Mon, Jan 5, 2026 at 2:14 PM Example Support <support@example.com> wrote:",
    "en gmail gb": "On Mon, 5 Jan 2026 at 14:14, Example Support <support@example.com> wrote:",
    "en gmail wrapped": "On Mon, Jan 5, 2026 at 2:14 PM Example Support <\nsupport@example.com> wrote:",
    "en gmail wrapped twice": "On Mon, Jan 5, 2026 at 2:14 PM Example Support With A Long Name\n<support@example.com>\nwrote:",
    "en apple": "On Jan 5, 2026, at 2:14 PM, Example Support <support@example.com> wrote:",
    "en apple gb": "On 5 Jan 2026, at 14:14, Example Support <support@example.com> wrote:",
    "en thunderbird": "On 1/5/26 14:14, Example Support wrote:",
    "en thunderbird iso": "On 2026-01-05 14:14, Example Support wrote:",
    "en yahoo": "On Monday, January 5, 2026 at 02:14:03 PM GMT+1, Example Support <support@example.com> wrote:",
    "en proton": "On Monday, January 5th, 2026 at 14:14, Example Support <support@example.com> wrote:",
    "en fastmail": "On Mon, Jan 5, 2026, at 2:14 PM, Example Support wrote:",
    "en zoho": "---- On Mon, 05 Jan 2026 14:14:03 +0100 Example Support <support@example.com> wrote ----",
    "en android": "-------- Example Support <support@example.com> wrote: --------",
    "en lotus": "-----Example Support <support@example.com> wrote: -----",
    "en horde": "Quoting Example Support <support@example.com>:",
    "en mutt": "* Example Support <support@example.com> [2026-01-05 14:14]:",
    "en gnus": "Example Support <support@example.com> writes:",
    "en evolution": "On Mon, 2026-01-05 at 14:14 +0100, Example Support wrote:",
    "en old gmail": "2026-01-05 14:14 GMT+01:00 Example Support <support@example.com>:",
    "de gmail": "Am Mo., 5. Jan. 2026 um 14:14 Uhr schrieb Example Support <support@example.com>:",
    "de gmail name first": "Example Support <support@example.com> schrieb am Mo., 5. Jan. 2026,\n14:14:",
    "de apple": "Am 05.01.2026 um 14:14 schrieb Example Support <support@example.com>:",
    "de thunderbird": "Am 05.01.26 um 14:14 schrieb Example Support:",
    "de android": "Am 5. Januar 2026 14:14:03 MEZ schrieb Example Support <support@example.com>:",
    "fr gmail": "Le lun. 5 janv. 2026 à 14:14, Example Support <support@example.com> a\nécrit :",
    "fr apple": "Le 5 janv. 2026 à 14:14, Example Support <support@example.com> a écrit :",
    "fr thunderbird": "Le 05/01/2026 à 14:14, Example Support a écrit :",
    "es gmail": "El lun, 5 ene 2026 a las 14:14, Example Support (<support@example.com>)\nescribió:",
    "es apple": "El 5 ene 2026, a las 14:14, Example Support <support@example.com> escribió:",
    "es thunderbird": "El 5/1/26 a las 14:14, Example Support escribió:",
    "it gmail": "Il giorno lun 5 gen 2026 alle ore 14:14 Example Support <\nsupport@example.com> ha scritto:",
    "it apple": "Il giorno 5 gen 2026, alle ore 14:14, Example Support <support@example.com> ha scritto:",
    "it thunderbird": "Il 05/01/2026 14:14, Example Support ha scritto:",
    "pt gmail": "Em seg., 5 de jan. de 2026 às 14:14, Example Support <support@example.com>\nescreveu:",
    "pt apple": "No dia 05/01/2026, às 14:14, Example Support <support@example.com> escreveu:",
    "nl gmail": "Op ma 5 jan 2026 om 14:14 schreef Example Support <support@example.com>:",
    "nl apple": "Op 5 jan. 2026 om 14:14 heeft Example Support <support@example.com> het volgende geschreven:",
    "nl thunderbird": "Op 5-1-2026 om 14:14 schreef Example Support:",
    "nb gmail": "man. 5. jan. 2026 kl. 14:14 skrev Example Support <support@example.com>:",
    "nb apple": "5. jan. 2026 kl. 14:14 skrev Example Support <support@example.com>:",
    "nb thunderbird": "Den 05.01.2026 14:14, skrev Example Support:",
    "nn": "måndag 5. januar 2026 klokka 14:14 skreiv Example Support <support@example.com>:",
    "sv gmail": "Den mån 5 jan. 2026 kl 14:14 skrev Example Support <support@example.com>:",
    "sv apple": "5 jan. 2026 kl. 14:14 skrev Example Support <support@example.com>:",
    "da gmail": "Den man. 5. jan. 2026 kl. 14.14 skrev Example Support <support@example.com>:",
    "da apple": "Den 5. jan. 2026 kl. 14.14 skrev Example Support <support@example.com>:",
    "fi gmail": "ma 5. tammik. 2026 klo 14.14 Example Support (support@example.com) kirjoitti:",
    "fi apple": "Example Support <support@example.com> kirjoitti 5.1.2026 kello 14.14:",
    "pl gmail": "pon., 5 sty 2026 o 14:14 Example Support <support@example.com>\nnapisał(a):",
    "pl thunderbird": "W dniu 05.01.2026 o 14:14, Example Support pisze:",
    "pl apple": "Wiadomość napisana przez Example Support <support@example.com> w dniu 5 sty 2026, o godz. 14:14:",
    "cs gmail": "po 5. 1. 2026 v 14:14 odesílatel Example Support <support@example.com>\nnapsal:",
    "cs seznam": "Dne 5. 1. 2026 v 14:14 Example Support napsal(a):",
    "sk gmail": "po 5. 1. 2026 o 14:14 Example Support <support@example.com> napísal(a):",
    "hu gmail": "Example Support <support@example.com> ezt írta (időpont: 2026. jan. 5., H,\n14:14):",
    "hu thunderbird": "2026. 01. 05. 14:14 keltezéssel, Example Support írta:",
    "ro gmail": "În lun., 5 ian. 2026 la 14:14, Example Support <support@example.com> a\nscris:",
    "ru gmail": "пн, 5 янв. 2026 г. в 14:14, Example Support <support@example.com>:",
    "ru mail.ru": "Понедельник, 5 января 2026, 14:14 +03:00 от Example Support <support@example.com>:",
    "ru yandex": '05.01.2026, 14:14, "Example Support" <support@example.com>:',
    "ru apple": "5 янв. 2026 г., в 14:14, Example Support <support@example.com> написал(а):",
    "ru thunderbird": "05.01.2026 14:14, Example Support пишет:",
    "uk gmail": "пн, 5 січ. 2026 р. о 14:14 Example Support <support@example.com> пише:",
    "bg gmail": "На пн, 5.01.2026 г. в 14:14 Example Support <support@example.com> написа:",
    "el gmail": "Στις Δευ 5 Ιαν 2026 στις 2:14 μ.μ., ο χρήστης Example Support <\nsupport@example.com> έγραψε:",
    "tr gmail": "Example Support <support@example.com>, 5 Oca 2026 Pzt, 14:14 tarihinde\nşunu yazdı:",
    "tr apple": "Example Support <support@example.com> şunları yazdı (5 Oca 2026 14:14):",
    "he gmail": "\u202bבתאריך יום ב׳, 5 בינו׳ 2026 ב-14:14 מאת \u202aExample Support\u202c <\nsupport@example.com\u202c\u200f>:\u202c",
    "ar gmail": "في الاثنين، 5 يناير 2026 في 2:14 م تمت كتابة ما يلي بواسطة Example Support <\nsupport@example.com>:",
    "ar digits": "في ٥ يناير ٢٠٢٦، الساعة ١٤:١٤، كتب Example Support <support@example.com>:",
    "ja gmail": "2026年1月5日(月) 14:14 Example Support <support@example.com>:",
    "ja apple": "2026/01/05 14:14、Example Support <support@example.com>のメール:",
    "ja thunderbird": "On 2026/01/05 14:14, Example Support wrote:",
    "zh hans gmail": "Example Support <support@example.com> 于2026年1月5日周一 14:14写道：",
    "zh hans apple": "在 2026年1月5日，14:14，Example Support <support@example.com> 写道：",
    "zh hant gmail": "Example Support <support@example.com> 於 2026年1月5日週一 下午2:14寫道：",
    "zh hant apple": "Example Support <support@example.com> 於 2026年1月5日 下午2:14 寫道：",
    "ko gmail": "2026년 1월 5일 (월) 오후 2:14, Example Support <support@example.com>님이 작성:",
    "ko apple": "2026. 1. 5. 오후 2:14, Example Support <support@example.com> 작성:",
    "vi gmail": "Vào Th 2, 5 thg 1, 2026 vào lúc 14:14 Example Support <\nsupport@example.com> đã viết:",
    "th gmail": "เมื่อ จ. 5 ม.ค. 2026 เวลา 14:14 Example Support <support@example.com>\nเขียนว่า:",
    "hr gmail": "pon, 5. sij 2026. u 14:14 Example Support <support@example.com> napisao je:",
    "id gmail": "Pada Sen, 5 Jan 2026 pukul 14.14 Example Support <support@example.com>\nmenulis:",
}


@pytest.mark.parametrize("attribution", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS)
@pytest.mark.parametrize("mark", ["> ", ""], ids=["marked", "bare"])
def test_words_above_an_attribution_are_new(attribution: str, mark: str) -> None:
    quoted = "\n".join((mark + line).rstrip() for line in OLD.split("\n"))
    reply = split_reply(f"{NEW}\n\n{attribution}\n\n{quoted}\n")
    assert reply.text == NEW
    assert "please try again" in reply.quoted
    assert "Example Support" in reply.quoted


@pytest.mark.parametrize("attribution", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS)
def test_an_answer_below_what_it_answers_is_new(attribution: str) -> None:
    quoted = "\n".join("> " + line for line in OLD.split("\n"))
    reply = split_reply(f"{attribution}\n{quoted}\n\n{NEW}\n")
    assert reply.text == NEW


HEADERS = {
    "en outlook": ("From: {}", "Sent: Monday, January 5, 2026 2:14 PM", "To: Kim Sample <kim@example.org>", "Subject: RE: Invoice"),
    "en outlook bold": ("*From:* {}", "*Sent:* Monday, January 5, 2026 2:14 PM", "*To:* kim@example.org", "*Subject:* RE: Invoice"),
    "en outlook mac": (
        "From: {}",
        "Date: Monday, 5 January 2026 at 14:14",
        "To: kim@example.org",
        "Cc: kay@example.org",
        "Subject: Invoice",
    ),
    "en mobile": ("From: Example Support", "Sent: January 5, 2026 2:14 PM", "To: kim@example.org", "Subject: Invoice"),
    "en wrapped": (
        "From: Example Support",
        "<support@example.com>",
        "Sent: 05 January 2026 14:14",
        "To: kim@example.org;",
        " kay@example.org",
        "Subject: I",
    ),
    "de": ("Von: {}", "Gesendet: Montag, 5. Januar 2026 14:14", "An: kim@example.org", "Betreff: AW: Rechnung"),
    "de gmx": ("Gesendet: Montag, 05. Januar 2026 um 14:14 Uhr", "Von: {}", "An: kim@example.org", "Betreff: Rechnung"),
    "fr": ("De : {}", "Envoyé : lundi 5 janvier 2026 14:14", "À : kim@example.org", "Objet : RE: Facture"),
    "fr orange": ("Message du 05/01/26 14:14", "De : {}", "A : kim@example.org", "Objet : Facture"),
    "es": ("De: {}", "Enviado: lunes, 5 de enero de 2026 14:14", "Para: kim@example.org", "Asunto: RE: Factura"),
    "it": ("Da: {}", "Inviato: lunedì 5 gennaio 2026 14:14", "A: kim@example.org", "Oggetto: R: Fattura"),
    "pt": ("De: {}", "Enviado: segunda-feira, 5 de janeiro de 2026 14:14", "Para: kim@example.org", "Assunto: RE: Fatura"),
    "nl": ("Van: {}", "Verzonden: maandag 5 januari 2026 14:14", "Aan: kim@example.org", "Onderwerp: RE: Factuur"),
    "nb": ("Fra: {}", "Sendt: mandag 5. januar 2026 14:14", "Til: kim@example.org", "Emne: SV: Faktura"),
    "sv": ("Från: {}", "Skickat: den 5 januari 2026 14:14", "Till: kim@example.org", "Ämne: SV: Faktura"),
    "da": ("Fra: {}", "Sendt: 5. januar 2026 14:14", "Til: kim@example.org", "Emne: SV: Faktura"),
    "fi": ("Lähettäjä: {}", "Lähetetty: maanantai 5. tammikuuta 2026 14.14", "Vastaanottaja: kim@example.org", "Aihe: VS: Lasku"),
    "pl": ("Od: {}", "Wysłane: poniedziałek, 5 stycznia 2026 14:14", "Do: kim@example.org", "Temat: Odp: Faktura"),
    "cs": ("Od: {}", "Odesláno: pondělí 5. ledna 2026 14:14", "Komu: kim@example.org", "Předmět: RE: Faktura"),
    "sk": ("Od: {}", "Odoslané: pondelok 5. januára 2026 14:14", "Komu: kim@example.org", "Predmet: RE: Faktúra"),
    "hu": ("Feladó: {}", "Elküldve: 2026. január 5., hétfő 14:14", "Címzett: kim@example.org", "Tárgy: RE: Számla"),
    "ro": ("De la: {}", "Trimis: luni, 5 ianuarie 2026 14:14", "Către: kim@example.org", "Subiect: RE: Factură"),
    "ru": ("От: {}", "Отправлено: 5 января 2026 г. 14:14", "Кому: kim@example.org", "Тема: RE: Счёт"),
    "uk": ("Від: {}", "Надіслано: понеділок, 5 січня 2026 р. 14:14", "Кому: kim@example.org", "Тема: RE: Рахунок"),
    "bg": ("От: {}", "Изпратено: понеделник, 5 януари 2026 г. 14:14", "До: kim@example.org", "Относно: RE: Фактура"),
    "el": ("Από: {}", "Στάλθηκε: Δευτέρα, 5 Ιανουαρίου 2026 2:14 μμ", "Προς: kim@example.org", "Θέμα: RE: Τιμολόγιο"),
    "tr": ("Kimden: {}", "Gönderildi: 5 Ocak 2026 Pazartesi 14:14", "Kime: kim@example.org", "Konu: Ynt: Fatura"),
    "he": ("\u200fמאת: {}", "\u200fנשלח: יום שני 05 ינואר 2026 14:14", "\u200fאל: kim@example.org", "\u200fנושא: RE: חשבונית"),
    "ar": ("من: {}", "تم الإرسال: 5 يناير 2026 02:14 م", "إلى: kim@example.org", "الموضوع: RE: فاتورة"),
    "ja": ("差出人: {}", "送信日時: 2026年1月5日 14:14", "宛先: kim@example.org", "件名: RE: 請求書"),
    "zh hans": ("发件人: {}", "发送时间: 2026年1月5日 14:14", "收件人: kim@example.org", "主题: 答复: 发票"),
    "zh hant": ("寄件者： {}", "寄件日期： 2026年1月5日 下午 2:14", "收件者： kim@example.org", "主旨： 回覆: 發票"),
    "ko": ("보낸 사람: {}", "보낸 날짜: 2026년 1월 5일 월요일 오후 2:14", "받는 사람: kim@example.org", "제목: RE: 청구서"),
    "ko naver": ("From: {}", "To: kim@example.org", "Cc:", "Sent: 2026-01-05 (월) 14:14:03 (GMT+09:00)", "Subject: Re: 청구서"),
    "vi": ("Từ: {}", "Đã gửi: 05 Tháng Giêng 2026 14:14", "Tới: kim@example.org", "Chủ đề: RE: Hóa đơn"),
    "th": ("จาก: {}", "ส่ง: 5 มกราคม 2569 14:14", "ถึง: kim@example.org", "เรื่อง: RE: ใบแจ้งหนี้"),
}
RULES = ["", "________________________________\n", "-----Original Message-----\n", "________________________________________\n\n"]


@pytest.mark.parametrize("rule", RULES, ids=["plain", "rule", "original", "rule and blank"])
@pytest.mark.parametrize("headers", HEADERS.values(), ids=HEADERS)
def test_words_above_a_block_of_headers_are_new(headers: tuple[str, ...], rule: str) -> None:
    block = "\n".join(headers).replace("{}", "Example Support <support@example.com>")
    reply = split_reply(f"{NEW}\n\n{rule}{block}\n\n{OLD}\n")
    assert reply.text == NEW
    assert "please try again" in reply.quoted


SEPARATORS = [
    "-----Original Message-----",
    "----- Original message -----",
    "-------- Original Message --------",
    "-----Ursprüngliche Nachricht-----",
    "-------- Originalnachricht --------",
    "-----Message d'origine-----",
    "-------- Message d’origine --------",
    "-----Mensaje original-----",
    "-----Messaggio originale-----",
    "-----Mensagem original-----",
    "-----Oorspronkelijk bericht-----",
    "-----Opprinnelig melding-----",
    "-----Oprindelig meddelelse-----",
    "-----Ursprungligt meddelande-----",
    "-----Alkuperäinen viesti-----",
    "-----Wiadomość oryginalna-----",
    "-----Původní zpráva-----",
    "-----Pôvodná správa-----",
    "-----Eredeti üzenet-----",
    "-----Mesaj original-----",
    "-----Исходное сообщение-----",
    "-----Вихідне повідомлення-----",
    "-----Оригинално съобщение-----",
    "-----Αρχικό μήνυμα-----",
    "-----Orijinal Mesaj-----",
    "-----הודעה מקורית-----",
    "-----الرسالة الأصلية-----",
    "-----元のメッセージ-----",
    "-----原始邮件-----",
    "-----原始郵件-----",
    "-----원본 메시지-----",
    "-----Thư gốc-----",
    "-----ข้อความต้นฉบับ-----",
    "------------------ 原始邮件 ------------------",
    "---------- Forwarded message ---------",
    "Begin forwarded message:",
    "Anfang der weitergeleiteten Nachricht:",
    "Début du message transféré :",
    "*-------- Original Message --------*",
    "## Please type your reply above this line ##",
    "--- Please reply above this line ---",
    "## Bitte antworten Sie oberhalb dieser Zeile ##",
    "## Veuillez répondre au-dessus de cette ligne ##",
    "---\n*Previous Replies*",
]


@pytest.mark.parametrize("separator", SEPARATORS)
def test_words_above_a_separator_are_new(separator: str) -> None:
    assert split_reply(f"{NEW}\n\n{separator}\n{OLD}\n").text == NEW


DEVICES = [
    "Sent from my iPhone",
    "Sent from my iPad Pro",
    "Sent from Yahoo Mail on Android",
    "Sent via the Samsung Galaxy S24, an AT&T 5G smartphone",
    "Get Outlook for iOS<https://aka.ms/o0ukef>",
    "Get [Outlook for Android](https://aka.ms/ghei36)",
    "Sent with Proton Mail secure email.",
    "Sent from Outlook for Android",
    "Sent from my phone, please excuse typos.",
    "Von meinem iPhone gesendet",
    "Gesendet von meinem Android-Gerät",
    "Gesendet mit der GMX Mail App",
    "Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.",
    "Holen Sie sich Outlook für iOS",
    "Envoyé de mon iPhone",
    "Envoyé depuis mon téléphone Orange",
    "Télécharger Outlook pour Android",
    "Enviado desde mi iPhone",
    "Enviado do meu iPhone",
    "Obtener Outlook para iOS",
    "Inviato da iPhone",
    "Inviato dal mio telefono",
    "Scarica Outlook per Android",
    "Verstuurd vanaf mijn iPhone",
    "Verzonden vanuit Outlook",
    "Sendt fra min iPhone",
    "Hent Outlook til iOS",
    "Skickat från min iPhone",
    "Hämta Outlook för Android",
    "Lähetetty iPhonesta",
    "Wysłane z iPhone'a",
    "Pobierz program Outlook dla systemu iOS",
    "Odesláno z iPhonu",
    "Odoslané z iPhonu",
    "Az iPhone-omról küldve",
    "Trimis de pe iPhone",
    "Отправлено с iPhone",
    "Надіслано з iPhone",
    "Изпратено от моя iPhone",
    "Στάλθηκε από το iPhone μου",
    "iPhone'umdan gönderildi",
    "נשלח מה-iPhone שלי",
    "أرسلت من الـ iPhone",
    "iPhoneから送信",
    "发自我的 iPhone",
    "從我的 iPhone 傳送",
    "나의 iPhone에서 보냄",
    "Đã gửi từ iPhone của tôi",
    "ส่งจาก iPhone ของฉัน",
]


@pytest.mark.parametrize("device", DEVICES)
def test_the_line_of_a_phone_is_signature(device: str) -> None:
    reply = split_reply(f"{NEW}\n\n{device}\n\nOn Mon, Jan 5, 2026 at 2:14 PM Example Support <support@example.com> wrote:\n> Good morning")
    assert reply.text == NEW
    assert reply.signature == device
