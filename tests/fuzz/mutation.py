"""Hypothesis strategies: valid requests and queries, and what is left of them after some changes."""

import json
import random
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from lxml import etree

from .target import SESSION_MARK

TESTS = Path(__file__).parents[1]
NASTY = (
    "", " ", "0", "-1", "1e400", "NaN", "true", "\u00e9\U0001f600", "\u202e", "a" * 300, "001000000000001AAA",
    "2026-02-30T25:61:61+99:99", "9999-12-31T23:59:59Z", "0001-01-01", "' OR 1=1 --", "%_\\", "{0}", "<&>\"'", "]]>",
    "SELECT Id FROM Account", "SELECT FIELDS(ALL) FROM User LIMIT 1", "0r8000000000001AAA-1", "Account", "Id", "type",
)  # fmt: skip
NAMESPACES = (
    "urn:partner.soap.sforce.com", "urn:sobject.partner.soap.sforce.com", "urn:enterprise.soap.sforce.com", "urn:x",
    "http://schemas.xmlsoap.org/soap/envelope/", "",
)  # fmt: skip
XSI = "http://www.w3.org/2001/XMLSchema-instance"
ENCODINGS = ("utf-8", "utf-16", "iso-8859-1", "us-ascii", "utf-7", "cp037", "utf-8-sig", "utf-32")
OPERATIONS = (
    "<getUserInfo/>", "<getServerTimestamp/>", "<describeGlobal/>", "<undelete><ids>001000000000001AAA</ids></undelete>",
    "<describeSObject><sObjectType>Account</sObjectType></describeSObject>",
    "<query><queryString>SELECT Id, Name, (SELECT Id FROM Contacts) FROM Account</queryString></query>",
    "<queryAll><queryString>SELECT COUNT(Id), Industry FROM Account GROUP BY Industry</queryString></queryAll>",
    "<queryMore><queryLocator>0r8000000000001AAA-200</queryLocator></queryMore>",
    "<getDeleted><sObjectType>Account</sObjectType><startDate>2026-01-30T00:00:00Z</startDate>"
    "<endDate>2026-01-31T00:00:00Z</endDate></getDeleted>",
    '<create><sObjects><type>Account</type><Name>x</Name><AnnualRevenue>1.5</AnnualRevenue><fieldsToNull>Website'
    '</fieldsToNull></sObjects><sObjects><type>Contact</type><LastName>y</LastName><Account><type>Account</type>'
    "<Name>x</Name></Account></sObjects></create>",
    "<upsert><externalIDFieldName>Id</externalIDFieldName><sObjects><type>Lead</type><LastName>z</LastName>"
    "<Company>c</Company></sObjects></upsert>",
    "<retrieve><fieldList>Id,Name</fieldList><sObjectType>User</sObjectType><ids>005000000000001AAA</ids></retrieve>",
)  # fmt: skip


@cache
def envelopes() -> tuple[bytes, ...]:
    """Requests of real clients, as the tests of the wire have them, and one per operation."""
    files = sorted((TESTS / "soap/cases/requests").glob("*.xml"))
    own = [
        f'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns="{NAMESPACES[0]}" xmlns:xsi="{XSI}">'
        f"<e:Header><SessionHeader><sessionId>{SESSION_MARK}</sessionId></SessionHeader><QueryOptions><batchSize>200"
        f"</batchSize></QueryOptions></e:Header><e:Body>{body}</e:Body></e:Envelope>"
        for body in OPERATIONS
    ]
    texts = [file.read_text(encoding="utf-8").replace("00D000000000001!token", SESSION_MARK) for file in files]
    assert len(texts) > 10
    return tuple(text.encode() for text in [*texts, *own])


@cache
def queries() -> tuple[str, ...]:
    """The queries of the SOQL room's cases."""
    found = []
    for name in ("syntax", "refusals"):
        for line in (TESTS / f"soql/cases/{name}.jsonl").read_text(encoding="utf-8").splitlines():
            found.append(json.loads(line)["q"])
    for line in (TESTS / "soql/cases/conditions.jsonl").read_text(encoding="utf-8").splitlines():
        found.append("SELECT Id FROM Account WHERE " + json.loads(line)["where"])
    assert len(found) > 300
    return tuple(found)


@cache
def searches() -> tuple[str, ...]:
    """The searches of the SOSL cases."""
    lines = (TESTS / "soql/cases/sosl.jsonl").read_text(encoding="utf-8").splitlines()
    found = [json.loads(line)["q"] for line in lines]
    assert len(found) > 20
    return tuple(found)


def changed_bytes(content: bytes, chance: random.Random) -> bytes:
    """Flip, drop, double or insert some bytes."""
    data = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data) + 1)
        end = min(len(data), at + chance.choice((1, 1, 2, 8, 40)))
        match chance.randrange(4):
            case 0:
                data[at:end] = bytes(byte ^ 1 << chance.randrange(8) for byte in data[at:end])
            case 1:
                del data[at:end]
            case 2:
                data[at:at] = data[at:end] * chance.choice((1, 2, 50))
            case _:
                data[at:at] = chance.choice(
                    (b"\x00", b"\xff", b"<", b"&", b"]]>", b"<!--", b"\xed\xa0\x80", b"<!DOCTYPE a>")
                )
    return bytes(data)


def changed_tree(content: bytes, chance: random.Random) -> bytes:
    """Drop, double, move, rename, retype or fill some elements."""
    root = etree.fromstring(content)
    for _ in range(chance.randint(1, 4)):
        elements = [element for element in root.iter() if isinstance(element.tag, str)]
        element = chance.choice(elements)
        parent = element.getparent()
        if parent is None:
            continue
        CHANGES[chance.randrange(len(CHANGES))](element, parent, chance, elements)
    text = etree.tostring(root, encoding="unicode")
    encoding = chance.choice(ENCODINGS) if chance.random() < 0.2 else "utf-8"
    declaration = f'<?xml version="1.0" encoding="{encoding}"?>' if chance.random() < 0.3 else ""
    return (declaration + text).encode(encoding, "xmlcharrefreplace")


def _drop(element: Any, parent: Any, _chance: random.Random, _elements: list[Any]) -> None:
    parent.remove(element)


def _double(element: Any, parent: Any, chance: random.Random, _elements: list[Any]) -> None:
    copies = [etree.fromstring(etree.tostring(element, with_tail=False)) for _ in range(chance.choice((1, 2, 210)))]
    parent.extend(copies)


def _rename(element: Any, _parent: Any, chance: random.Random, elements: list[Any]) -> None:
    name = etree.QName(chance.choice(elements)).localname
    element.tag = etree.QName(
        etree.QName(element).namespace, chance.choice((name, name.upper(), name + "x", "a" * 200))
    )


def _change_namespace(element: Any, _parent: Any, chance: random.Random, _elements: list[Any]) -> None:
    element.tag = etree.QName(chance.choice(NAMESPACES) or None, etree.QName(element).localname)


def _fill(element: Any, _parent: Any, chance: random.Random, _elements: list[Any]) -> None:
    element.text = chance.choice(NASTY)


def _tail(element: Any, _parent: Any, chance: random.Random, _elements: list[Any]) -> None:
    element.tail = chance.choice(NASTY)


def _mark(element: Any, _parent: Any, chance: random.Random, _elements: list[Any]) -> None:
    name = chance.choice(
        (f"{{{XSI}}}nil", f"{{{XSI}}}type", "{http://schemas.xmlsoap.org/soap/envelope/}mustUnderstand")
    )
    element.set(name, chance.choice(("true", "1", "xsd:string", "sObject", "Account", "maybe")))


def _move(element: Any, _parent: Any, chance: random.Random, elements: list[Any]) -> None:
    target = chance.choice(elements)
    if element not in target.iterancestors() and target is not element:
        target.append(element)


CHANGES = (_drop, _double, _rename, _change_namespace, _fill, _fill, _tail, _mark, _move)

WORDS = (
    "SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "IN", "LIKE", "ORDER BY", "GROUP BY", "HAVING", "LIMIT", "OFFSET",
    "NULLS LAST", "DESC", "(", ")", ",", ".", "'", "''", "'a'", "'\\'", "\\", ":", "=", "!=", "<", "<>", ">=", "+", "-",
    "1", "1.5", "99999999999", "TODAY", "LAST_N_DAYS:3", "LAST_N_DAYS:", "NULL", "TRUE", "2026-01-31",
    "2026-01-31T00:00:00Z", "10:00:00Z", "USD5", "Id", "Name", "Owner", "Owner.Name", "Parent", "Contacts", "Account",
    "Account a", "User", "FIELDS(ALL)", "COUNT()", "COUNT(Id)", "SUM(AnnualRevenue)", "MAX(Name)", "CALENDAR_YEAR(",
    "TYPEOF What WHEN Account THEN Name END", "WITH SECURITY_ENFORCED", "FOR VIEW", "USING SCOPE mine", "DISTANCE(",
    "toLabel(Industry)", "convertCurrency(AnnualRevenue)", "FORMAT(CreatedDate)", "INCLUDES", "EXCLUDES", "\u00e9", "\x00",
    "\ufffd", "\n", "\t", "/*", "--", ";", '"', "ALL ROWS", "GROUP BY ROLLUP(Industry)", "CreatedDate", "AnnualRevenue",
    "NumberOfEmployees", "Industry", "IsDeleted", "BillingAddress", "(SELECT Id FROM Contacts)", "FIND", "{", "}", "RETURNING",
    "{acme}", "AND NOT", "*", "?", "IN NAME FIELDS", "Account(Name)", "Contact(Id WHERE Name = 'a')", "WITH", "\\}",
    "IN (SELECT AccountId FROM Contact)", "DAY_ONLY(convertTimezone(CreatedDate))", "GEOLOCATION(1,2)", "'km')", "DATA CATEGORY",
)  # fmt: skip


def changed_query(text: str, chance: random.Random) -> str:
    """Drop, double, swap or insert some words."""
    words = text.split(" ")
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(words) + 1)
        match chance.randrange(4):
            case 0 if len(words) > 1:
                del words[at : at + 1]
            case 1:
                words[at:at] = words[at : at + 3]
            case 2 if at < len(words):
                words[at] = chance.choice(WORDS)
            case _:
                words.insert(at, chance.choice(WORDS))
    glue = chance.choice((" ", " ", " ", "", "\n"))
    return glue.join(words)


FIELDS = (
    "Id", "Name", "Industry", "AnnualRevenue", "NumberOfEmployees", "CreatedDate", "IsDeleted", "OwnerId", "Owner.Name",
    "Parent.Owner.Username", "LastActivityDate", "Description", "BillingLatitude", "Account.Name", "a.Name", "Nope",
)  # fmt: skip
VALUES = (
    "'a'", "''", "'%a_'", "'001000000000001'", "NULL", "TRUE", "1", "-1.5", "TODAY", "LAST_N_WEEKS:2", "THIS_FISCAL_YEAR",
    "2026-01-31", "2026-01-31T00:00:00+01:00", "'\\u0041\\n'", "'it\\'s'",
)  # fmt: skip
field = st.sampled_from(FIELDS)
value = st.sampled_from(VALUES)
comparison = st.builds(
    "{} {} {}".format, field, st.sampled_from(("=", "!=", "<", ">", "<=", ">=", "LIKE", "<>")), value
) | st.builds(
    lambda name, word, values: f"{name} {word} ({', '.join(values)})",
    field,
    st.sampled_from(("IN", "NOT IN", "INCLUDES")),
    st.lists(value, min_size=1, max_size=4),
)
condition = st.recursive(
    comparison,
    lambda inner: (
        st.builds("(NOT {})".format, inner)
        | st.builds(
            lambda word, parts: f"({f' {word} '.join(parts)})",
            st.sampled_from(("AND", "OR")),
            st.lists(inner, min_size=2, max_size=3),
        )
    ),
    max_leaves=6,
)
aggregate = st.builds(
    "{}({}){}".format,
    st.sampled_from(("COUNT", "SUM", "AVG", "MIN", "MAX", "COUNT_DISTINCT")),
    field,
    st.sampled_from(("", " x")),
)
subquery = st.builds(
    "(SELECT {} FROM {}{})".format,
    field,
    st.sampled_from(("Contacts", "ChildAccounts", "Nope")),
    st.sampled_from(("", " LIMIT 1", " ORDER BY Name DESC")),
)
selection = (
    st.lists(field, min_size=1, max_size=4, unique=True)
    | st.lists(field | subquery, min_size=1, max_size=3, unique=True)
    | st.lists(field | aggregate, min_size=1, max_size=3, unique=True)
    | st.sampled_from((["COUNT()"], ["FIELDS(STANDARD)"], ["toLabel(Industry)"], ["Id", "Owner.Name"]))
)
tail = st.lists(
    st.sampled_from(
        (
            "GROUP BY Industry",
            "GROUP BY Industry, Name",
            "HAVING COUNT(Id) > 0",
            "ORDER BY Name",
            "ORDER BY Name DESC NULLS LAST, Id",
            "LIMIT 3",
            "OFFSET 1",
            "FOR VIEW",
            "LIMIT 0",
            "ORDER BY Owner.Name",
        )
    ),
    max_size=3,
    unique=True,
).map(" ".join)
written_query = st.builds(
    lambda select, source, where, rest: (
        f"SELECT {', '.join(select)} FROM {source}{' WHERE ' + where if where else ''} {rest}"
    ),
    selection,
    st.sampled_from(
        ("Account", "Account a", "Contact", "Opportunity", "User", "Event", "ConvMessageSendRequest", "Nope")
    ),
    st.none() | condition,
    tail,
)

chances = st.integers(0, 2**32).map(random.Random)
"""A source of chance, which hypothesis shrinks to a small seed: the mutations are plain functions of it."""

any_envelope = st.builds(changed_tree, st.sampled_from(envelopes()), chances) | st.builds(
    changed_bytes, st.sampled_from(envelopes()), chances
)
any_search = st.builds(changed_query, st.sampled_from(searches()), chances)
any_query = written_query | st.builds(changed_query, st.sampled_from(queries()), chances)
