"""From the words of a query to a query of the index: folded, with their other forms, and, when nobody wrote one, with those like it.

Read next: `find.py`.
"""

from collections.abc import Sequence
from string import ascii_lowercase

import msgspec

from innboks.core.search import store
from innboks.core.search.models import Field, Term
from innboks.core.search.store import Key, Weight, Written
from innboks.lib.db import Connection

_WEIGHT: dict[Field, Weight] = {"": "", "subject": "A", "from": "B", "to": "C"}
BEGUN_MIN = 3
NUMBER_BEGUN_MIN = 5
"""With fewer characters, a beginning in the index itself (of numbers, or of words that nobody wrote) would match too much."""
SLIP_MIN = 4
TWO_SLIPS_MIN = 7
UNKNOWN = 2**60


class Meaning(msgspec.Struct):
    """What one term asks of the index: one of these words, or, when it `is_run`, all of them one after the other; `is_begun`: the last is the beginning of
    a word. `weight` is where they must stand; `runs` is what to mark in texts (see `snippets.py`); `entries` is how many entries at most have it;
    `word` is set when nobody wrote it."""

    words: tuple[str, ...]
    weight: Weight
    runs: list[tuple[tuple[str, ...], bool]]
    entries: int
    is_negated: bool
    is_run: bool = False
    is_begun: bool = False
    word: str | None = None

    @property
    def whole(self) -> tuple[str, ...]:
        """The words without the one that may go on."""
        return self.words[:-1] if self.is_begun else self.words

    def text(self, weight: Weight) -> str:
        """As a piece of a tsquery."""
        last = len(self.words) - 1
        lexemes = [_lexeme(word, weight, self.is_begun and nth == last) for nth, word in enumerate(self.words)]
        return ("!" if self.is_negated else "") + f"({('<->' if self.is_run else '|').join(lexemes)})"

    def excludes(self, other: "Meaning") -> bool:
        """Does everything that has the other fall to this minus?"""
        if not self.is_negated or self.is_run or self.weight not in ("", other.weight):
            return False
        whole = set(self.whole)
        return any(word in whole for word in other.whole) if other.is_run else not other.is_begun and whole.issuperset(other.whole)


class Wanted(msgspec.Struct):
    """The words of a query, ready to be asked for. `entries`: at most so many entries have them all, as far as is known."""

    groups: list[list[Meaning]]

    @property
    def texts(self) -> list[str]:
        return [_text_of(group) for group in self.groups]

    @property
    def keys(self) -> list[Key]:
        """The same as conditions of their own, the rarest first; a phrase after its pairs of words (or the one that
        is whole), which the index tells without reading the entry."""
        order = sorted(range(len(self.groups)), key=lambda nth: sum(one.entries for one in self.groups[nth]))
        return [key for nth in order for key in _keys_of(self.groups[nth])]

    @property
    def is_contradiction(self) -> bool:
        """Is a word asked for and refused at once? Then nothing can have both, and looking for it would take as long as there are entries."""
        refused = [one for group in self.groups if len(group) == 1 for one in group if one.is_negated]
        return any(
            all(any(no.excludes(one) for no in refused) for one in group)
            for group in self.groups
            if not any(one.is_negated for one in group)
        )

    @property
    def has_words(self) -> bool:
        """Is there a word that must stand somewhere?"""
        return any(not any(one.is_negated for one in group) for group in self.groups)

    @property
    def runs(self) -> list[tuple[tuple[str, ...], bool]]:
        return [run for group in self.groups for one in group if not one.is_negated for run in one.runs]

    @property
    def entries(self) -> int:
        return min((sum(one.entries for one in group) for group in self.groups), default=UNKNOWN)

    @property
    def unknown(self) -> list[str]:
        return sorted({one.word for group in self.groups for one in group if one.word is not None})


def _text_of(group: Sequence[Meaning], weight: Weight | None = None) -> str:
    return f"({'|'.join(one.text(one.weight if weight is None else weight) for one in group)})"


def _keys_of(group: Sequence[Meaning]) -> list[Key]:
    """Words that must stand in one place are asked of that place's own column, so that the index knows whether they do."""
    weights = {one.weight for one in group}
    if len(weights) > 1:
        return [Key(_text_of(group))]
    weight, one = weights.pop(), group[0]
    key = Key(_text_of(group, ""), weight)
    if len(group) > 1 or not one.is_run or one.is_negated or len(one.words) == 1:
        return [key]
    return [Key(run=one.whole) if len(one.whole) > 1 else Key(_lexeme(one.whole[0], "", False), weight), key]


async def mean(
    conn: Connection, account_id: int, groups: Sequence[Sequence[Term]], instead: dict[str, list[Written]] | None = None
) -> Wanted:
    """What the terms ask for. `instead`: for words that nobody wrote, those to look for in their place. Terms of signs alone are left out."""
    terms = [term for group in groups for term in group]
    if not terms:
        return Wanted([])
    folded = dict(zip(map(id, terms), await store.fold(conn, [term.text for term in terms]), strict=True))
    single = [term for term in terms if len(folded[id(term)]) == 1 and not term.is_phrase]
    known: dict[int, list[store.Form]] = {id(term): [] for term in single}
    if single:
        for form in await store.forms(conn, account_id, [folded[id(term)][0] for term in single], [term.is_open for term in single]):
            known[id(single[form.nth - 1])].append(form)
    in_runs = {word for term in terms if id(term) not in known for word in folded[id(term)]}
    written = {one.word: one.entries for one in await store.existing(conn, account_id, sorted(in_runs))} if in_runs else {}
    meant = [
        [_mean(term, folded[id(term)], known.get(id(term)), instead or {}, written) for term in group if folded[id(term)]]
        for group in groups
    ]
    return Wanted([group for group in meant if group])


def _mean(
    term: Term, words: list[str], forms: list[store.Form] | None, instead: dict[str, list[Written]], written: dict[str, int]
) -> Meaning:
    if forms is None:
        # A word that is whole already is not taken for a beginning: a common one would be read through from end to end.
        begins = term.is_open and words[-1] not in written and len(words[-1]) >= _begun_min(words[-1])
        whole = words[:-1] if begins else words
        entries = min((_entries(word, written) for word in whole), default=UNKNOWN)
        return _meaning(term, words, [(tuple(words), begins)], entries, is_run=True, is_begun=begins)
    word = words[0]
    if (not forms and any(sign.isdigit() for sign in word)) or len(word) < 2:  # numbers are not among the words that are kept
        begins = term.is_open and len(word) >= NUMBER_BEGUN_MIN
        return _meaning(term, words, [((word,), begins)], UNKNOWN, is_begun=begins)
    if not forms and word in instead:
        meant = [one.word for one in instead[word]]
        return _meaning(term, meant, [((one,), False) for one in meant], sum(one.entries for one in instead[word]))
    if not forms:
        begins = term.is_open and len(word) >= BEGUN_MIN
        meaning = _meaning(term, words, [((word,), begins)], 0, is_begun=begins)
        meaning.word = None if term.is_negated else word
        return meaning
    some = list(dict.fromkeys([word, *(form.word for form in forms)]))
    return _meaning(term, some, [((one,), False) for one in some], sum(form.entries for form in forms))


def _entries(word: str, written: dict[str, int]) -> int:
    """In how many entries a word stands, as far as words are counted (`count_search_words` in migration 0014)."""
    is_counted = 2 <= len(word) <= 32 and not any(sign.isdigit() for sign in word)
    return written.get(word, 0 if is_counted else UNKNOWN)


def _begun_min(word: str) -> int:
    return NUMBER_BEGUN_MIN if any(sign.isdigit() for sign in word) else BEGUN_MIN


def _meaning(
    term: Term,
    words: Sequence[str],
    runs: list[tuple[tuple[str, ...], bool]],
    entries: int,
    *,
    is_run: bool = False,
    is_begun: bool = False,
) -> Meaning:
    entries = UNKNOWN if term.is_negated else entries
    return Meaning(tuple(words), _WEIGHT[term.field], runs, entries, term.is_negated, is_run, is_begun)


def _lexeme(word: str, weight: Weight, is_begun: bool) -> str:
    quoted = word.replace("\\", "\\\\").replace("'", "''")
    marks = ("*" if is_begun else "") + weight
    return f"'{quoted}'" + (f":{marks}" if marks else "")


# ── slips of the pen ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def likely(conn: Connection, account_id: int, word: str) -> list[Written]:
    """Words of the account that this one may have been meant to be: one slip away, or two for long words."""
    if len(word) < SLIP_MIN or len(word) > 32 or not word.isalpha():
        return []
    near = await store.existing(conn, account_id, sorted(_one_slip(word)))
    if near or len(word) < TWO_SLIPS_MIN:
        return near[:5]
    return [one for one in await store.alike(conn, account_id, word) if _slips(word, one.word) <= 2][:5]


def _one_slip(word: str) -> set[str]:
    """Everything one slip away: a letter too many, missing, wrong, or two in the wrong order."""
    halves = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    found = {left + right[1:] for left, right in halves if right}
    found |= {left + right[1] + right[0] + right[2:] for left, right in halves if len(right) > 1}
    found |= {left + letter + right[1:] for left, right in halves if right for letter in ascii_lowercase}
    found |= {left + letter + right for left, right in halves for letter in ascii_lowercase}
    return found - {word}


def _slips(one: str, other: str) -> int:
    """The distance of Damerau and Levenshtein (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, above, row = row, before, [i]
        for j, sign in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != sign))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == sign:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
    return row[-1]
