"""Requests that no well-meaning client sends, each different from the ones before, for the row of the memory.

All are meant to be refused; none is meant to leave anything behind in the server.
"""

import gzip
from collections.abc import Callable
from dataclasses import dataclass

from soap_call import envelope, query

BOMB = gzip.compress(b"<a>" + b"x" * 100_000_000, 9)
DEEP = 100_000


@dataclass(frozen=True)
class Hostile:
    """A body and the headers it needs beside its length."""

    content: bytes
    content_encoding: str = ""
    content_type: str = "text/xml; charset=utf-8"


def _entity_bomb(number: int, _token: str) -> Hostile:
    entities = "".join([f"<!ENTITY e{n} '{ten_times(n - 1)}'>" for n in range(1, 10)])
    return Hostile(f"<!DOCTYPE a{number} [<!ENTITY e0 'ha'>{entities}]><a{number}>&e9;</a{number}>".encode())


def ten_times(entity: int) -> str:
    return f"&e{entity};" * 10


def _external_entity(number: int, _token: str) -> Hostile:
    return Hostile(f'<!DOCTYPE a [<!ENTITY e{number} SYSTEM "file:///etc/passwd">]><a>&e{number};</a>'.encode())


def _deep(number: int, token: str) -> Hostile:
    return Hostile(envelope(token, f"<n{number}>" * DEEP + f"</n{number}>" * DEEP))


def _truncated(number: int, token: str) -> Hostile:
    whole = envelope(token, query("SELECT Id FROM Account"))
    return Hostile(whole[: number % len(whole)])


def _attributes(number: int, token: str) -> Hostile:
    attributes = " ".join(f'a{number}_{n}="{n}"' for n in range(500))
    return Hostile(envelope(token, f"<noSuchOperation {attributes}/>"))


def _namespaces(number: int, token: str) -> Hostile:
    return Hostile(envelope(token, "".join(f'<x xmlns="urn:{number}:{n}"/>' for n in range(200))))


KINDS: tuple[Callable[[int, str], Hostile], ...] = (
    lambda number, _: Hostile(f"<!DOCTYPE a{number}><a{number}/>".encode()),
    _entity_bomb,
    _external_entity,
    lambda number, _: Hostile(b"\x1f\x8b" + number.to_bytes(8, "big"), "gzip"),
    lambda number, _: Hostile(b""),
    lambda number, _: Hostile(b"\xff\xfe\xfd" + str(number).encode()),
    lambda number, token: Hostile(envelope(token, f"<x>{number}\0</x>")),
    _truncated,
    lambda number, _: Hostile(f"<Wrong{number}/>".encode()),
    lambda number, token: Hostile(envelope(token, f"<noSuchOperation{number}/>")),
    lambda number, _: Hostile(envelope(f"00D000000000001!{number}", "<getUserInfo/>")),
    lambda number, _: Hostile(envelope("x" * (number * 100 % 1_000_000), "<getUserInfo/>")),
    lambda number, token: Hostile(envelope(token, query(f"SELECT Field{number}__c FROM Account"))),
    lambda number, token: Hostile(envelope(token, query(f"SELECT Id FROM Object{number}"))),
    lambda number, token: Hostile(
        envelope(token, f"<describeSObjects><sObjectType>Object{number}</sObjectType></describeSObjects>")
    ),
    lambda number, token: Hostile(envelope(token, f"<queryMore><queryLocator>0r8{number}</queryLocator></queryMore>")),
    lambda number, token: Hostile(envelope(token, f"<delete>{f'<ids>{number}</ids>' * 201}</delete>")),
    lambda number, _: Hostile(envelope("", f"<login><username>{number}</username><password/></login>")),
    lambda number, token: Hostile(envelope(token, "<getUserInfo/>"), content_type=f"text/xml; charset=no-{number}"),
    _attributes,
    _namespaces,
)
"""Makers that cost the server little: each takes the number of the request and a session id that is open."""

HEAVY: tuple[Callable[[int, str], Hostile], ...] = (
    lambda number, _: Hostile(BOMB, "gzip"),
    _deep,
    lambda number, token: Hostile(envelope(token, query(f"SELECT Id FROM Lead WHERE {'(' * 5_000}Name = '{number}'"))),
    lambda number, token: Hostile(envelope(token, query(f"SELECT {'Id,' * 30_000} Name{number} FROM Account"))),
)
"""Makers that cost it a tenth of a second or more."""

HEAVY_ONE_IN = 100


def hostile(number: int, token: str) -> Hostile:
    """Give the request of a number: every kind in turn, and now and then a heavy one."""
    turn, place = divmod(number, HEAVY_ONE_IN)
    kinds, index = (HEAVY, turn) if place == 0 else (KINDS, number)
    return kinds[index % len(kinds)](number, token)
