"""Hostile requests to the partner endpoint: each has the platform's fault, or the answer that it deserves.

That the answers hold to the contract is seen by the watch on all replies of the test suite.
"""

import re

import pytest

from .case import SoapCase, read
from .conftest import Target

CASES: list[SoapCase] = [*read("soap.jsonl", SoapCase), *read("soql.jsonl", SoapCase), *read("sosl.jsonl", SoapCase)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_hostile_request(case: SoapCase, target: Target, harmless) -> None:
    content = case.content(target.session_id)

    with harmless():
        answer = target.post(content, **case.http)

    fault = re.search("<faultcode>(?:sf|soapenv):(.*?)</faultcode>", answer.text)
    given = fault[1] if fault else "reply"
    assert given in case.answer.split("|"), answer.text[:1000]
    assert ("<detail>" in answer.text) == (given not in {"reply", "Client", "MustUnderstand"})
    assert answer.status == (500 if fault else 200)
    assert any(words in answer.text for words in case.says.split("|")), answer.text[:1000]
    assert "internal error" not in answer.text
    assert target.session_id not in answer.text
    assert len(answer.content) < (50_000 if fault else 50_000 + len(content))


def test_the_names_of_cases_are_their_own() -> None:
    assert len({case.name for case in CASES}) == len(CASES) > 200


def test_nothing_is_read_from_this_machine(target: Target) -> None:
    for case in CASES:
        if "/etc/passwd" in str(case.raw) + str(case.body):
            assert "root:" not in target.post(case.content(target.session_id)).text
