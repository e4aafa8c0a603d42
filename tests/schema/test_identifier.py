"""The two forms of an id, and the check characters."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockorg_server.schema.identifier import base62, normalise_id, number_of, to_long_id

# Ids recorded in public samples of real orgs.
REAL_IDS = ["00DA0000000YpZ4MAK", "0012x000007RqnHAAS", "001D000000IRFmaIAH", "0128M0000004HVOQA2"]


@pytest.mark.parametrize("long_id", REAL_IDS)
def test_the_check_characters_of_real_ids_come_out(long_id: str) -> None:
    assert to_long_id(long_id[:15]) == long_id


@pytest.mark.parametrize("long_id", REAL_IDS)
def test_both_forms_normalise_to_the_long_one(long_id: str) -> None:
    assert normalise_id(long_id) == long_id
    assert normalise_id(long_id[:15]) == long_id


@pytest.mark.parametrize("long_id", REAL_IDS)
def test_a_long_id_that_lost_its_case_is_repaired(long_id: str) -> None:
    assert normalise_id(long_id.upper()) == long_id
    assert normalise_id(long_id.lower()) == long_id


@pytest.mark.parametrize(
    "text", ["", "abc", "001-00000000001", "001000000000001AA", "0010000000000Ü1", "1" * 18, "x" * 16]
)
def test_what_is_no_id_is_refused(text: str) -> None:
    assert normalise_id(text) is None


def test_base62_sorts_as_its_numbers_do() -> None:
    texts = [base62(number, 4) for number in range(0, 62**2, 7)]
    assert texts == sorted(texts)
    assert base62(61, 1) == "z"
    assert number_of("zz") == 62**2 - 1


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.text(alphabet="aB0z9", min_size=15, max_size=15))
def test_the_long_form_brings_the_short_one_back_in_any_case(short: str) -> None:
    long = to_long_id(short)
    assert normalise_id(short) == normalise_id(long) == normalise_id(long.lower()) == normalise_id(long.upper()) == long
