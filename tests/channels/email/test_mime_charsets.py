"""8-bit text without a label, or with a wrong one, in many scripts."""

import pytest

from innboks.channels.email.charsets import decode_text

SENTENCES = [
    ("cp1252", "Können Sie mir bitte die Größe schicken? Grüße, Jörg"),
    ("cp1252", "Réponse à votre demande, déjà traitée à l'été"),
    ("cp1252", "ÅRSMØTE PÅ GÅRDEN BLÅBÆR"),
    ("cp1252", "30 °C ± 2 °C, ½ Stück, § 5, 10 µm"),
    ("cp1251", "Добрый день"),
    ("cp1251", "Не работает вход в личный кабинет"),
    ("koi8-r", "Прошу вернуть деньги за заказ"),
    ("euc_jp", "請求書の件でご連絡いたします"),
    ("euc_jp", "メールエラー通知"),
    ("cp932", "パスワードを忘れました"),
    ("cp932", "日本語の件名"),
    ("gb18030", "我的包裹还没有到"),
    ("gb18030", "关于发票的问题，请回复"),
    ("big5", "您好，請問訂單何時出貨？"),
    ("euc_kr", "비밀번호를 잊어버렸어요"),
    ("euc_kr", "배송이 언제 되나요"),
    ("cp1253", "Πότε θα έρθει η παραγγελία μου;"),
    ("cp1255", "מתי תגיע ההזמנה שלי"),
    ("cp1256", "أين طلبي من فضلك"),
    ("cp874", "สินค้ายังไม่มาถึง"),
]


@pytest.mark.parametrize("label", [None, "us-ascii", "x-unknown"])
@pytest.mark.parametrize(("codec", "sentence"), SENTENCES)
def test_the_script_is_told_from_the_bytes(codec: str, sentence: str, label: str | None) -> None:
    assert decode_text(sentence.encode(codec), label) == sentence
    page = "Dear team,\r\n" * 500 + sentence + "\r\n"
    assert decode_text(page.encode(codec), label) == page


@pytest.mark.parametrize("codec", ["euc_jp", "cp932"])
def test_japanese_that_is_not_in_the_seven_bits_it_claims(codec: str) -> None:
    sentence = "次のあて先へのメッセージはエラーのため送信できませんでした。"
    assert decode_text(sentence.encode(codec), "ISO-2022-JP") == sentence


def test_a_page_labelled_ascii_is_read_as_it_says_itself() -> None:
    page = '<meta http-equiv="content-type" content="text/html; charset=iso-8859-2"><p>Dzień dobry</p>'
    assert decode_text(page.encode("iso8859-2"), "us-ascii", html=True) == page
