"""The invented people of the demo: the shop's team, and customers made of first and last names."""

import random

import msgspec

from innboks.sandbox.email.letters import Client, Language

COMPANY = "Tindra"
DOMAIN = "tindra.example"
ADDRESSES = {"support": "Support", "returns": "Returns and warranty", "butikk": "Butikken"}
"""What stands before the @, and what the address is called."""

TEAM = ("Amina Yusuf", "Jonas Berg", "Solveig Moen", "Erik Lund", "Nora Bakke")
"""The first is the administrator of a fresh account."""


class Customer(msgspec.Struct, frozen=True):
    name: str
    address: str
    client: Client
    language: Language

    @property
    def first_name(self) -> str:
        return self.name.partition(" ")[0]


_FIRST = {
    "en": (
        "Maja", "Daniel", "Priya", "Luis", "Ella", "Karim", "Grace", "Tom", "Hannah", "Oliver", "Chloe", "Samuel", "Isla", "Marco",
        "Freya", "Ben", "Aisha", "Leo", "Nina", "Jack", "Zoe", "Peter", "Lucy", "Adam", "Ruth", "Hugo",
    ),
    "no": (
        "Henrik", "Oda", "Ingrid", "Lars", "Kari", "Ola", "Silje", "Magnus", "Astrid", "Sindre", "Marte", "Håkon", "Tuva", "Bjørn",
        "Åse", "Eirik", "Live", "Geir", "Randi", "Trond", "Sunniva", "Pål",
    ),
}  # fmt: skip
_LAST = {
    "en": (
        "Lindqvist", "Osei", "Nair", "Ferreira", "Korhonen", "Haddad", "Whitfield", "Marsh", "Ellery", "Novak", "Byrne", "Castell",
        "Dunmore", "Rossi", "Haverly", "Okafor", "Penrose", "Larkin", "Sato", "Wren", "Calder", "Fenwick",
    ),
    "no": (
        "Dahl", "Myhre", "Solberg", "Nygård", "Haugen", "Tveit", "Strand", "Fossum", "Lie", "Brekke", "Rønning", "Sæther", "Moe",
        "Vik", "Åsheim", "Kvam", "Ødegård", "Holm",
    ),
}  # fmt: skip
_DOMAINS = ("post.example", "mail.example", "nes.example", "lindqvist.example", "hikers.example", "fjellpost.example")
_ASCII = str.maketrans({"å": "a", "ø": "o", "æ": "ae", "Å": "A", "Ø": "O", "Æ": "AE"})
_CLIENTS: tuple[Client, ...] = ("gmail", "gmail", "gmail", "outlook", "outlook", "iphone", "iphone", "plain")


def customers(chance: random.Random, wanted: int) -> list[Customer]:
    """So many different people, the same for the same seed; a third write Norwegian."""
    found: dict[str, Customer] = {}
    while len(found) < wanted:
        language: Language = "no" if chance.random() < 0.36 else "en"
        first, last = chance.choice(_FIRST[language]), chance.choice(_LAST[language])
        local = f"{first}.{last}".translate(_ASCII).lower()
        address = f"{local}@{chance.choice(_DOMAINS)}"
        found.setdefault(local, Customer(f"{first} {last}", address, chance.choice(_CLIENTS), language))
    return list(found.values())
