"""search(), as a user of the SDK meets it."""

from datetime import date
from typing import Any

import pytest

import mockorg
from mockorg_server.core.seed import SeedRecord


def test_a_search_gives_typed_records_object_by_object(target: Any) -> None:
    target.org.seed(
        [
            SeedRecord("Account", {"Name": "Acme & Sons", "AnnualRevenue": 12.5}),
            SeedRecord("Contact", {"LastName": "Acme", "Birthdate": "2001-02-03"}),
        ]
    )

    contact, account = target.client.search("FIND {acme} RETURNING Contact(Birthdate), Account(Name, AnnualRevenue)")

    assert (contact.type, dict(contact)) == ("Contact", {"Birthdate": date(2001, 2, 3)})
    assert (account.type, dict(account)) == ("Account", {"Name": "Acme & Sons", "AnnualRevenue": 12.5})
    (found, _) = target.client.search("FIND {acme}")
    assert found.id is not None
    assert target.client.search("FIND {nobody here}") == []


def test_a_refused_search_is_a_query_error(target: Any) -> None:
    with pytest.raises(mockorg.QueryError) as caught:
        target.client.search("FIND {O'Brien}")
    assert (caught.value.code, caught.value.row, caught.value.column) == ("MALFORMED_SEARCH", 1, 7)
    with pytest.raises(mockorg.QueryError) as caught:
        target.client.search("FIND {x}")
    assert caught.value.code == "INVALID_SEARCH"
