"""8-bit text whose label is missing or wrong: which charset its bytes speak for.

Two things tell them apart: how multi-byte charsets pair their bytes, and which characters people of that script write all the time; a text
read in the wrong charset shows rare ones. Two kilobytes from the first line on that is not ASCII decide, nothing raises. Read `charsets.py` for when this is asked.
"""

import re

_SAMPLE = 2048
_ASCII = bytes(range(0x80))
_C1 = {n: bytes([n]).decode("cp1252", "replace") for n in range(0x80, 0xA0)}
_C1 = {n: c if c != "\ufffd" else chr(n) for n, c in _C1.items()}

_COMMON_CHINESE = frozenset(
    "的一是不了在有人我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去"
    "法学如都同现当没动面起看定天分还进好小部其些主样理心本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正"
    "业外将两高间由问很最重并物手应向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东"
    "声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命"
    "山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万"
    "取拉格望觉术领共确传师观清今切院让识候带导争运笔未试邮测票服务请谢您订单付款附件客户收到转复邮箱产品"
    "這個們來為國說時會對過發後裡種經麼學沒動樣實開還進長機應問關點業將兩間無與頭體見產給話東聲員題氣報數結場許電計資隊統區決處義條"
    "萬邊該張交規類據總變試郵測請謝訂單貨您貴發復轉於"
)
_COMMON_KOREAN = frozenset(
    "이다는을에하고가의한지기사를도로은어서리아나대시자인있정해제스그일주것수부전보상원라들게장안공성만여구조동적문신계화국과위연신유비무분"
    "습니까세요님감합드립메테트관련녕객내용확바선된방중실경소진결영생생외면물출회모간건입금청송배환불품번호"
)
_COMMON_LETTERS = {
    "cp1251": frozenset("оеаинтсрвлОЕАИНТСРВЛ"),
    "koi8-r": frozenset("оеаинтсрвлОЕАИНТСРВЛ"),
    "cp1253": frozenset("αοιετσνηρυάίό"),
    "cp1255": frozenset("יוהלאתמרבשנ"),
    "cp1256": frozenset("اليمنوترهبةعد"),
    "cp874": frozenset("านรอกเงมยลวดท่้ัีส"),
}
_WIDE_PUNCTUATION = ((0x3000, 0x303F), (0xFF00, 0xFF5E), (0x2010, 0x2027))
_HIGH = re.compile(rb"[\x80-\xff]")
_LATIN_BESIDE = re.compile(rb"[a-zA-Z][\xc0-\xff]|[\xc0-\xff][a-zA-Z]")
_LONE = re.compile(r"[a-zA-Z][\u2e80-\uffff](?=[a-zA-Z])")


def western(data: bytes) -> str:
    """windows-1252 in which every byte is a character, as browsers read it."""
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1").translate(_C1)


def legacy(data: bytes) -> str:
    """Unlabelled 8-bit text that is not UTF-8: in another script when the bytes clearly say so, else windows-1252."""
    sample = _telling(data)
    high = sample.translate(None, _ASCII)
    if len(high) >= 4:
        codec = _other_alphabet(sample, high) or _asian(sample) or _mostly_cyrillic(sample, high)
        if codec is not None:
            try:
                return data.decode(codec, "replace" if codec in _COMMON_LETTERS else "strict")
            except UnicodeError:
                pass
    return western(data)


def japanese(data: bytes) -> str:
    """8-bit text known to be Japanese: EUC-JP or Shift JIS, whichever shows fewer half-width and unreadable signs."""
    sample = _telling(data)
    return data.decode(min(("cp932", "euc_jp"), key=lambda codec: _oddities(sample.decode(codec, "replace"))), "replace")


def _telling(data: bytes) -> bytes:
    """What is looked at: from the line of the first 8-bit byte on."""
    first = _HIGH.search(data)
    start = data.rfind(b"\n", 0, first.start()) + 1 if first else 0
    return data[start : start + _SAMPLE]


def _oddities(text: str) -> int:
    return sum(1 for c in text if c == "\ufffd" or 0xFF61 <= ord(c) <= 0xFF9F or 0xE000 <= ord(c) <= 0xF8FF)


def _other_alphabet(sample: bytes, high: bytes) -> str | None:
    """A single-byte charset of another alphabet, where nearly all 8-bit signs are letters and most of them its most frequent ones."""
    if len(high) < 5 or sum(1 for byte in high if byte >= 0xA1) < 0.85 * len(high):
        return None
    if len(_LATIN_BESIDE.findall(sample)) * 5 >= len(high):
        return None
    found: dict[str, float] = {}
    for codec, common in _COMMON_LETTERS.items():
        text = high.decode(codec, "replace")
        found[codec] = sum(1 for c in text if c in common) / len(high) if "\ufffd" not in text else 0
    best = max(found, key=lambda codec: found[codec])
    return best if found[best] >= (0.5 if len(high) >= 16 else 0.6) else None


def _mostly_cyrillic(sample: bytes, high: bytes) -> str | None:
    """The same by the look of the bytes alone: mostly high letters, in one half of the table."""
    if len(high) < 6 or len(high) <= sum(1 for byte in sample if 65 <= byte <= 90 or 97 <= byte <= 122):
        return None
    lower_koi, lower_1251 = (sum(1 for byte in high if low <= byte <= top) for low, top in ((0xC0, 0xDF), (0xE0, 0xFF)))
    if lower_koi + lower_1251 <= 0.8 * len(high):
        return None
    return "koi8-r" if lower_koi > lower_1251 else "cp1251"


def _asian(sample: bytes) -> str | None:
    """The multi-byte charset in which the sample reads best, None when it reads in none."""
    found: dict[str, float] = {}
    for codec, score in (("euc_jp", _like_japanese), ("cp932", _like_japanese), ("cp949", _like_korean), ("gb18030", _like_chinese)):
        found[codec] = score(_read(sample, codec))
    found["big5hkscs"] = _like_chinese(_read(sample, "big5hkscs"))
    best = max(found, key=lambda codec: found[codec])
    return best if found[best] > 0 else None


def _read(sample: bytes, codec: str) -> str:
    """The sample in that charset, "" when it cannot be; a character cut at the sample's end is left out."""
    for cut in range(4 if len(sample) == _SAMPLE else 1):
        try:
            return sample[: len(sample) - cut].decode(codec)
        except UnicodeError:
            continue
    return ""


def _share(wide: list[str], *ranges: tuple[int, int]) -> float:
    return sum(1 for c in wide if any(low <= ord(c) <= top for low, top in ranges)) / len(wide)


def _wide(text: str) -> list[str]:
    """The characters beyond ASCII, when they stand in runs as in words of such scripts and not alone inside Latin words."""
    wide = [c for c in text if c >= "\x80"]
    return wide if len(wide) >= 2 and len(_LONE.findall(text)) * 4 < len(wide) else []


def _like_japanese(text: str) -> float:
    wide = _wide(text)
    if not wide or _share(wide, (0x3000, 0x30FF), (0x4E00, 0x9FFF), (0xFF00, 0xFF60)) <= 0.95:
        return 0
    kana = _share(wide, (0x3040, 0x30FF))
    return kana if kana > 0.15 else 0


def _like_chinese(text: str) -> float:
    wide = _wide(text)
    if not wide or _share(wide, (0x4E00, 0x9FFF), *_WIDE_PUNCTUATION) <= 0.97:
        return 0
    common = sum(1 for c in wide if c in _COMMON_CHINESE) / len(wide)
    return common if common >= 0.15 else 0.01 if len(wide) >= 8 else 0


def _like_korean(text: str) -> float:
    wide = _wide(text)
    if not wide or _share(wide, (0xAC00, 0xD7A3), *_WIDE_PUNCTUATION) <= 0.95:
        return 0
    common = sum(1 for c in wide if c in _COMMON_KOREAN) / len(wide)
    return common if common >= 0.2 else 0.01
