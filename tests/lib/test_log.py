"""Logs: one line an event, nothing of what customers said."""

import io
import json
import logging

from innboks.lib.log import bind, get_logger, set_up_logging


def test_facts_stay_and_what_is_private_does_not(log_lines: io.StringIO) -> None:
    with bind(request_id="r1"):
        get_logger("test").info(
            "mail_received",
            conversation_id=7,
            sender="Ann Example <ann@example.com>",
            recipients=["bob@example.org", "+47 900 00 123"],
            text="Dear all",
            access_token="abcdef",
            note="from ann@example.com by https://user:hidden@example.com/ with Bearer abcdefgh1234",
            config={"password": "hidden", "host": "mail.example.com"},
            raw=b"\xff ann@example.com",
        )
    line = json.loads(log_lines.getvalue())
    assert (line["event"], line["request_id"], line["conversation_id"], line["level"]) == ("mail_received", "r1", 7, "info")
    assert line["sender"] == "…@example.com"
    assert line["recipients"] == ["…@example.org", "…123"]
    assert (line["text"], line["access_token"]) == ("[8]", "[6]")
    assert line["config"] == {"password": "[6]", "host": "mail.example.com"}
    for private in ("ann", "Ann", "bob", "Dear", "abcdef", "hidden", "90000"):
        assert private not in log_lines.getvalue(), private


def test_other_libraries_and_errors_are_written_alike(log_lines: io.StringIO) -> None:
    logging.getLogger("somebody.else").warning("connection from %s", "ann@example.com", extra={"password": "hidden"})
    try:
        raise ValueError("cannot reach ann@example.com")
    except ValueError:
        get_logger("test").exception("send_failed")
    first, second = map(json.loads, log_lines.getvalue().splitlines())
    assert (first["event"], first["logger"], first["level"]) == ("connection from …@example.com", "somebody.else", "warning")
    assert "ValueError: cannot reach …@example.com" in second["exception"]
    assert "ann@" not in log_lines.getvalue()
    assert "hidden" not in log_lines.getvalue()


def test_facts_end_with_their_block(log_lines: io.StringIO) -> None:
    with bind(request_id="r1"):
        pass
    get_logger("test").info("later")
    assert "request_id" not in json.loads(log_lines.getvalue())


def test_text_is_for_people(log_lines: io.StringIO) -> None:
    stream = io.StringIO()
    set_up_logging("text", stream=stream)
    get_logger("test").info("started", port=8080)
    assert "started" in stream.getvalue()
    assert "port=8080" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()
