"""Which texts are equal, and how they sort."""

import pytest

from mockorg_server.store.fold import fold

EQUAL = [
    ("Acme", "ACME"),
    ("zürich", "ZÜRICH"),
    ("Ελλάδα", "ΕΛΛΆΔΑ"),
    ("σίσυφος", "ΣΊΣΥΦΟΣ"),  # both sigmas
    ("москва", "МОСКВА"),  # noqa: RUF001
    ("ǆ", "Ǆ"),
    ("e\u0301", "\u00c9"),  # e and a combining accent
]
DIFFERENT = [("Zurich", "Zürich"), ("straße", "strasse"), ("a", "a "), ("ﬁ", "fi")]


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_case_and_composition_do_not_count(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_everything_else_counts(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize("text", ["straße", "ŉ", "ﬃ", "ΐ", "İstanbul", "日本語", "😀"])
def test_folding_keeps_the_number_of_characters(text: str) -> None:
    assert len(fold(text)) == len(text)


def test_folding_twice_changes_nothing() -> None:
    samples = [chr(point) for point in range(0x20, 0x3000)]
    assert [fold(fold(sample)) for sample in samples] == [fold(sample) for sample in samples]


def test_characters_that_the_database_needs_for_itself_are_replaced() -> None:
    assert fold("a\x00b\x01") == "A\ufffdB\ufffd"
