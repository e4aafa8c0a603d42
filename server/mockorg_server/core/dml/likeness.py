"""How alike two texts are, from 0 to 100, by the methods of matching rules. Pure.

Methods, algorithms, thresholds and weights are those of Salesforce Help, "Matching Methods Used in Matching Rules" and
"Matching Algorithms Used with Matching Methods"; its examples are in the tests. How an address falls into its parts is
inferred. ``missing`` names the algorithms of a method that nobody has published, or that need lists which nobody has:
such a method here finds some of what a real org finds, and nothing that it does not find.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

Score = Callable[[str, str], float]

_JOINT_PREFIX: Final = 4
_PREFIX_WEIGHT: Final = 0.1
_COMPANY_ENDINGS: Final = frozenset(
    {
        *("inc", "incorporated", "corp", "corporation", "co", "company", "llc", "llp", "lp", "ltd", "limited", "plc"),
        *("gmbh", "ag", "sa"),
    }
)
_STREET_SUFFIXES: Final[Mapping[str, str]] = {
    long: short
    for short, longs in {
        "aly": "alley", "ave": "avenue av", "blvd": "boulevard", "cir": "circle", "ct": "court", "dr": "drive",
        "expy": "expressway", "hwy": "highway", "ln": "lane", "pkwy": "parkway", "pl": "place", "plz": "plaza",
        "rd": "road", "sq": "square", "st": "street str", "ter": "terrace", "trl": "trail", "way": "",
    }.items()
    for long in (short, *longs.split())
}  # fmt: skip
_SUITE: Final = re.compile(r"(?:\b(?:suite|ste|apartment|apt|unit|room|rm|floor|fl)\b\.?|#)\s*#?\s*(\w+)", re.I)
_WORD: Final = re.compile(r"\w+")
_ZIP: Final = re.compile(r"(\d{5})(?:[-\s]?(\d{4}))?")
_LOCAL_DIGITS: Final = 10


def plain(text: str) -> str:
    """Give a text as every method compares it: in lower case, without space around it."""
    return text.strip().casefold()


def exact(one: str, other: str) -> float:
    """Score 100 for texts that are the same but for case."""
    return 100.0 if plain(one) == plain(other) else 0.0


def edit_distance(one: str, other: str) -> float:
    """Score by deletions, insertions and replacements: VP Sales and VP of Sales have 73."""
    one, other = plain(one), plain(other)
    if not one or not other:
        return 0.0
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, start=1):
        before, row[0] = row[0], place
        for index, second in enumerate(other, start=1):
            before, row[index] = row[index], min(row[index] + 1, row[index - 1] + 1, before + (letter != second))
    return 100.0 * (1 - row[-1] / max(len(one), len(other)))


def initials(one: str, other: str) -> float:
    """Score 100 for a name and its initial: Jonathan and J."""
    one, other = plain(one).rstrip("."), plain(other).rstrip(".")
    return 100.0 if one and other and one[0] == other[0] and 1 in (len(one), len(other)) else 0.0


def jaro_winkler(one: str, other: str) -> float:
    """Score by letters in common, more for a common beginning: Johnny and Johny have 97."""
    one, other = plain(one), plain(other)
    jaro = _jaro(one, other)
    prefix = 0
    for first, second in zip(one[:_JOINT_PREFIX], other, strict=False):
        if first != second:
            break
        prefix += 1
    return 100.0 * (jaro + prefix * _PREFIX_WEIGHT * (1 - jaro))


def _jaro(one: str, other: str) -> float:
    if not one or not other:
        return 0.0
    reach = max(max(len(one), len(other)) // 2 - 1, 0)
    taken = [False] * len(other)
    common = []
    for place, letter in enumerate(one):
        for index in range(max(0, place - reach), min(len(other), place + reach + 1)):
            if not taken[index] and other[index] == letter:
                taken[index] = True
                common.append(letter)
                break
    if not common:
        return 0.0
    matched = [letter for letter, is_taken in zip(other, taken, strict=True) if is_taken]
    swaps = sum(first != second for first, second in zip(common, matched, strict=True)) / 2
    count = len(common)
    return (count / len(one) + count / len(other) + (count - swaps) / count) / 3


def acronym(one: str, other: str) -> float:
    """Score 100 for a name and its acronym: Advanced Micro Devices and AMD."""
    return 100.0 if _abbreviates(one, other) or _abbreviates(other, one) else 0.0


def _abbreviates(short: str, long: str) -> bool:
    words = _WORD.findall(plain(long))
    return len(words) > 1 and plain(short) == "".join(word[0] for word in words)


def company_words(name: str) -> list[str]:
    """Give the words of a company's name without such as Inc and Corp; all of them where nothing else is there."""
    words = _WORD.findall(plain(name))
    return [word for word in words if word not in _COMPANY_ENDINGS] or words


def company_name(one: str, other: str) -> float:
    """Score two names of companies."""
    first, second = " ".join(company_words(one)), " ".join(company_words(other))
    return max(exact(first, second), acronym(first, second))


def phone_parts(number: str) -> tuple[str, str, str, str]:
    """Give the country code, area code, next three and last four digits of a telephone number."""
    digits = re.sub(r"\D", "", number)
    head, local = digits[:-_LOCAL_DIGITS], digits[-_LOCAL_DIGITS:]
    return head, local[:-7], local[-7:-4], local[-4:]


def phone(one: str, other: str) -> float:
    """Score two numbers by their parts: 1-415-555-1234 and 1-415-555-5678 have 90."""
    return _weighted(phone_parts(one), phone_parts(other), (10, 50, 30, 10))


def zip_code(one: str, other: str) -> float:
    """Score two codes of the United States; others match nothing, as in a real org (Salesforce article 000247089)."""
    first, second = _ZIP.fullmatch(one.strip()), _ZIP.fullmatch(other.strip())
    return _weighted(first.groups(), second.groups(), (90, 10)) if first and second else 0.0


def street(one: str, other: str) -> float:
    """Score two streets by name, number, suffix and suite."""
    name, *rest = _street_parts(one)
    other_name, *other_rest = _street_parts(other)
    if not name or not other_name:
        return exact(one, other)
    return edit_distance(name, other_name) / 2 + _weighted(rest, other_rest, (20, 15, 15))


def _street_parts(text: str) -> tuple[str, str, str, str]:
    """Give the name of a street, the number in it, the suffix (Avenue) in its short form, and the suite."""
    found = _SUITE.search(text)
    suite = plain(found[1]) if found else ""
    words = _WORD.findall(plain(_SUITE.sub(" ", text)))
    number = words.pop(0) if words and words[0][0].isdigit() else ""
    suffix = _STREET_SUFFIXES.get(words[-1], "") if len(words) > 1 else ""
    return " ".join(words[:-1] if suffix else words), number, suffix, suite


def _weighted(one: object, other: object, weights: tuple[int, ...]) -> float:
    pairs = zip(one, other, weights, strict=True)  # type: ignore[call-overload]  # two of one form
    return float(sum(weight for first, second, weight in pairs if first == second))


def _best(*scores: Score) -> Score:
    return lambda one, other: max(score(one, other) for score in scores)


@dataclass(frozen=True, slots=True)
class Method:
    """A matching method: two values match with a score of ``threshold`` at least."""

    score: Score
    threshold: float
    missing: str = ""

    def matches(self, one: str, other: str) -> bool:
        """Tell whether two values match."""
        return self.score(one, other) >= self.threshold


METHODS: Final[Mapping[str, Method]] = {
    "Exact": Method(exact, 100),
    "FirstName": Method(_best(exact, initials, jaro_winkler), 85, "variants of names (Bob and Robert)"),
    "LastName": Method(exact, 90, "names that sound alike or lie near on a keyboard"),
    "CompanyName": Method(company_name, 70, "names that sound alike"),
    "Phone": Method(phone, 80),
    "City": Method(_best(exact, edit_distance), 85),
    "Street": Method(street, 80),
    "Zip": Method(zip_code, 80),
    "Title": Method(_best(exact, acronym), 50, "words in common"),
}
"""By MatchingMethod of the Metadata API."""
