"""What is wrong with a value that somebody sent, in a sentence: the decoder's own words are for programmers. Used by the API's edge and for the forms
of channels."""

import re

from innboks.errors import Invalid

_AT = re.compile(r" - at `(?:key in )?`?\$\.?([^`]*)`$")
_MISSING = re.compile(r"Object missing required field `(.+?)`")
_UNKNOWN = re.compile(r"Object contains unknown field `(.+?)`")
_EXPECTED = re.compile(r"Expected `([^`]+)`(?: (of length|matching regex|>=|<=|<|>) ?(?:([<>=]+) )?'?(.*?)'?)?(?:, got `([^`]+)`)?$")
_TIME = re.compile(r"(datetime|date)`?(?: with a timezone component)?$")  # "Invalid RFC3339 encoded date"
_TYPE_WORDS = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "object": "an object",
    "array": "a list",
    "null": "null",
    "datetime": "a time like 2026-01-31T12:00:00Z",
    "date": "a date like 2026-01-31",
}


def invalid_of(message: str, within: str = "") -> Invalid:
    """msgspec's message ("Expected `str`, got `int` - at `$.name`") as a sentence for people. `within` stands before the field, and not in the sentence."""
    start = f"{within}." if within else ""
    where = _AT.search(message)
    field = where.group(1) if where else ""
    text = message[: where.start()] if where else message
    if found := _MISSING.match(text):
        name = f"{field}.{found.group(1)}" if field else found.group(1)
        return Invalid(f"“{name}” is missing.", code="missing", field=start + name)
    if found := _UNKNOWN.match(text):
        name = f"{field}.{found.group(1)}" if field else found.group(1)
        return Invalid(f"“{name}” is not known here. Leave it out, or check how it is written.", code="unknown_field", field=start + name)
    return Invalid(f"{f'“{field}”' if field else 'The request'} {wish(text)}.", field=start + field if field else within or None)


def wish(text: str) -> str:
    """What a value has to be, without its name: "must be a whole number"."""
    found = _EXPECTED.match(text)
    if found is None and (time := _TIME.search(text)):
        return f"must be {_TYPE_WORDS[time.group(1)]}"
    if found is None:
        return "is not one of the possible values" if "enum" in text else "is not right: " + text.rstrip(".").lower()
    types, how, comparison, limit = found.group(1), found.group(2), found.group(3), found.group(4)
    words = " or ".join(_TYPE_WORDS.get(name, name) for name in types.split(" | "))
    if how == "of length":
        return f"must be {words} with {'at least' if comparison == '>=' else 'at most'} {limit} characters or entries"
    if how == "matching regex":
        if ":[0-5]" in limit:
            return "must be a time of day like 09:00"
        return "is not an id: ids are digits in a text" if "0-9" in limit else "is not written as it should be"
    if how:
        return f"must be {words} {how} {limit}"
    return f"must be {words}"
