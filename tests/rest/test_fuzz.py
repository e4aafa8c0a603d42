"""Random requests to every route: never a 500, never a traceback, nothing changed by what was refused."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockorg_server.core.host import Host
from mockorg_server.core.setting import OrgSettings
from mockorg_server.rest.resources import RESOURCES

from .conftest import NOW, RestClient

SQUARES = {
    "sobject": ["Account", "contact", "Nope__c", "User", "ConvMessageSendRequest", "Attachment", "é"],
    "id": ["{account}", "{contact}", "001000000000999AAA", "x", "null"],
    "first": ["{account}", "Name", "Id", "Email"],
    "second": ["Contacts", "Owner", "Acme", "{account}", "Nope"],
    "field": ["Id", "Name", "Email", "Nope"],
    "record_type": ["012000000000000AAA", "x"],
    "view": ["recent", "00B000000000001", "x"],
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = ("records", "allOrNone", "ids", "fields", "Name", "LastName", "attributes", "compositeRequest", "batchRequests")
NAMES += ("graphs", "inputs", "q", "sobjects", "requests", "apiName", "Id", "url", "method", "type", "referenceId")
BODIES = st.dictionaries(st.sampled_from(NAMES), JSON, max_size=4).map(json.dumps) | JSON.map(json.dumps)
QUERIES = st.dictionaries(
    st.sampled_from(
        ["q", "fields", "ids", "start", "end", "limit", "offset", "explain", "columns", "sObjects", "_HttpMethod"]
    ),
    st.text(max_size=12)
    | st.sampled_from(["SELECT Id FROM Account", "Id,Name", "2026-01-31T11:00:00Z", "5", "true", "DELETE"]),
    max_size=3,
)


def addresses() -> st.SearchStrategy[str]:
    """Addresses of the table with something in each of their squares."""

    def filled(template: str) -> st.SearchStrategy[str]:
        parts = [
            st.sampled_from(SQUARES.get(part[1:-1], ["x", "AllAccounts", "Nope"])) | st.text(min_size=1, max_size=5)
            if part.startswith("{")
            else st.just(part)
            for part in template.split("/")
        ]
        return st.tuples(*parts).map("/".join)

    return st.sampled_from([route.template for route in RESOURCES]).flatmap(filled)


def state_of(rest: RestClient) -> Any:
    return [rest.query(f"SELECT Id, SystemModstamp FROM {name} ORDER BY Id") for name in ("Account", "Contact", "User")]


def test_no_request_meets_a_bug_and_none_that_is_refused_changes_anything() -> None:
    host = Host.open(OrgSettings(clock_start=NOW))
    rest = RestClient(host)
    ids = {"account": rest.make("Account", Name="Acme"), "contact": rest.make("Contact", LastName="Ada")}

    @settings(max_examples=250, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE"]), addresses(), BODIES, QUERIES)
    def tried(method: str, address: str, body: str, query: dict[str, str]) -> None:
        for name, record_id in ids.items():
            address = address.replace(f"{{{name}}}", record_id)
        before = state_of(rest)
        path = address.replace("?", "").encode("utf-8", "replace").decode("latin-1")
        reply = rest(f"{method} /{path}", body.encode("utf-8", "replace"), query)
        assert reply.status < 500 or reply.status == 501, reply.body
        if reply.status >= 400:
            assert state_of(rest) == before
            assert method == "HEAD" or isinstance(reply.value, list)

    tried()
    host.close()
