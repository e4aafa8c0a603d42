"""The features of an org that decide which objects and fields exist: a table, and the set a new org has.

The catalogue marks an object, a field or a child relationship with the name of the feature it needs; what is not
marked exists in every org. Which mark goes where is decided in ``tools/convert_catalog.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

DIGITAL_ENGAGEMENT: Final = "DigitalEngagement"
MULTI_CURRENCY: Final = "MultiCurrency"
PERSON_ACCOUNTS: Final = "PersonAccounts"
RECORD_TYPES: Final = "RecordTypes"
UNLISTED: Final = "Unlisted"

FEATURES: Final[Mapping[str, str]] = MappingProxyType(
    {
        DIGITAL_ENGAGEMENT: "the messaging objects, and what refers to nothing but them",
        MULTI_CURRENCY: "CurrencyIsoCode fields",
        PERSON_ACCOUNTS: "IsPersonAccount, the Person… fields and Person… child relationships of Account",
        RECORD_TYPES: "RecordTypeId fields that appear with an object's first record type",
        UNLISTED: "fields and child relationships that other orgs or manuals show, but the newest describe does not",
    }
)
"""Every feature that can be switched, with what it brings."""

DEFAULT_FEATURES: Final = frozenset({DIGITAL_ENGAGEMENT})
"""What a Developer Edition org of this server has when nothing else is asked for."""


def check_features(features: Iterable[str]) -> frozenset[str]:
    """Give the features as a set.

    Raises:
        ValueError: one of them is not in ``FEATURES``; the message names it and those that are.

    """
    chosen = frozenset(features)
    unknown = sorted(chosen - FEATURES.keys())
    if unknown:
        raise ValueError(f"unknown feature {', '.join(unknown)}; known are {', '.join(sorted(FEATURES))}")
    return chosen
