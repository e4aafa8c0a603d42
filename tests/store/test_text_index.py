"""The index for text search: made when asked for, kept up by every write, and copied with the database."""

from collections.abc import Callable
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockorg_server.schema.field_type import FieldType
from mockorg_server.soql.sosl_syntax import Both, Either, Find, Pattern, Phrase, Without
from mockorg_server.store.error import StoreCapacityError
from mockorg_server.store.store import Store

TEXTS = ("Name", "Description", "Phone", "Email")


@pytest.fixture(scope="session")
def schema(build: Any) -> Any:
    """A schema with one object whose fields people fill in."""
    text = {"createable": True, "updateable": True}
    return build.schema(
        [
            build.sobject(
                "Account",
                "001",
                build.field("Name", name_field=True, **text),
                build.field("Description", FieldType.TEXTAREA, **text),
                build.field("Phone", FieldType.PHONE, **text),
                build.field("Email", FieldType.EMAIL, **text),
                build.field("AnnualRevenue", FieldType.CURRENCY, **text),
            )
        ]
    )


@pytest.fixture(scope="session")
def account(schema: Any) -> Any:
    return schema.sobject("Account")


@pytest.fixture
def find(store: Store, account: Any) -> Callable[..., list[str]]:
    """Make the index if need be, and give the last letters of the Ids found."""

    def matching(find: Find | str, fields: tuple[str, ...] = TEXTS) -> list[str]:
        with store.read() as reader:
            ready = reader.is_searchable(account)
        if not ready:
            with store.write() as writer:
                writer.make_searchable(account)
        with store.read() as reader:
            found = reader.matching(account, Phrase(find) if isinstance(find, str) else find, fields)
        return [each[-1] for each in found]

    return matching


ROWS = (
    {"Id": "001A", "Name": "Acme Corp", "Phone": "(415) 555-1212", "Email": "info@acme.com", "AnnualRevenue": 77.0},
    {"Id": "001B", "Name": "Café Zürich", "Description": "meets Acme on monday. A meeting!", "Phone": "+49 89 123"},
    {"Id": "001C", "Name": "Zenith"},
)


def write(store: Store, account: Any, *rows: dict[str, Any]) -> None:
    with store.write() as writer:
        for row in rows:
            writer.insert(account, row)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Phrase("acme"), "AB"),
        (Phrase("ACME"), "AB"),
        (Phrase("acm"), ""),
        (Phrase("acm", prefix=True), "AB"),
        (Phrase("acme corp"), "A"),
        (Phrase("corp acme"), ""),
        (Phrase("acme co", prefix=True), "A"),
        (Phrase("info@acme.com"), "A"),
        (Phrase("acme@info.com"), ""),
        (Phrase("cafe"), "B"),
        (Phrase("CAFÉ"), "B"),
        (Phrase("zurich"), "B"),
        (Phrase("4155551212"), "A"),
        (Phrase("415"), "A"),
        (Phrase("555-1212"), "A"),
        (Phrase("4989123"), "B"),
        (Phrase("77"), ""),
        (Phrase('say "acme"'), ""),
        (Phrase("acme OR zenith"), ""),
        (Phrase("c0"), ""),
        (Pattern("z*h"), "BC"),
        (Pattern("zen*h"), "C"),
        (Pattern("a?me"), "AB"),
        (Pattern("zürich?"), ""),
        (Pattern("ZÜRIC?"), "B"),
        (Pattern("q*x"), ""),
        (Both((Phrase("acme"), Phrase("meeting"))), "B"),
        (Both((Phrase("cafe"), Phrase("acme"))), "B"),
        (Both((Phrase("acme"), Pattern("q*x"))), ""),
        (Either((Phrase("corp"), Phrase("zenith"))), "AC"),
        (Either((Phrase("corp"), Pattern("q*x"))), "A"),
        (Either((Pattern("q*y"), Pattern("q*x"))), ""),
        (Without(Phrase("acme"), Phrase("corp")), "B"),
        (Without(Phrase("acme"), Pattern("q*x")), "AB"),
        (Without(Pattern("q*x"), Phrase("corp")), ""),
        (Both((Either((Phrase("acme"), Phrase("zenith"))), Without(Phrase("corp"), Phrase("monday")))), "A"),
    ],
)
def test_what_matches(store: Store, account: Any, find: Callable[..., list[str]], wanted: Find, found: str) -> None:
    write(store, account, *ROWS)
    assert "".join(find(wanted)) == found


def test_only_the_fields_asked_for_are_searched(store: Store, account: Any, find: Callable[..., list[str]]) -> None:
    write(store, account, *ROWS)
    assert find("acme", ("Name",)) == ["A"]
    assert find("acme", ("Email",)) == ["A"]
    assert find("acme", ("Description",)) == ["B"]
    assert find("acme", ("Phone",)) == []
    assert find("acme", ()) == []


def test_an_org_that_never_searches_has_no_index(store: Store, account: Any) -> None:
    write(store, account, *ROWS)
    with store.read() as reader:
        assert not reader.holding.searchable
        assert not reader.is_searchable(account)
        assert reader._rows("SELECT name FROM sqlite_master WHERE name LIKE '~search%' OR type = 'trigger'", []) == []
        with pytest.raises(ValueError, match="no text index"):
            reader.matching(account, Phrase("acme"), TEXTS)


def test_without_records_nothing_is_found_and_nothing_is_made(store: Store, account: Any) -> None:
    with store.write() as writer:
        writer.make_searchable(account)
        assert not writer.holding.searchable
    with store.read() as reader:
        assert reader.is_searchable(account)
        assert reader.matching(account, Phrase("acme"), TEXTS) == []


def test_every_later_write_is_found_at_once(store: Store, account: Any, find: Callable[..., list[str]]) -> None:
    write(store, account, *ROWS)
    assert find("zenith") == ["C"]
    write(store, account, {"Id": "001D", "Name": "Zenith too"})
    assert find("zenith") == ["C", "D"]
    with store.write() as writer:
        writer.update(account, "001C", {"Name": "Nadir", "Phone": "1 2 3"})
        assert writer.matching(account, Phrase("nadir"), TEXTS) == ["001C"]
    assert (find("zenith"), find("nadir"), find("123")) == (["D"], ["C"], ["B", "C"])
    with store.write() as writer:
        writer.update(account, "001C", {"AnnualRevenue": 5.0})
        writer.update(account, "001C", {"Phone": None})
    assert (find("nadir"), find("123")) == (["C"], ["B"])
    with store.write() as writer:
        writer.update(account, "001D", {"IsDeleted": True})
    assert find("zenith") == []
    with store.write() as writer:
        writer.update(account, "001D", {"IsDeleted": False})
        writer.purge(account, "001C")
    assert (find("zenith"), find("nadir")) == (["D"], [])


def test_what_is_rolled_back_is_not_found(store: Store, account: Any, find: Callable[..., list[str]]) -> None:
    write(store, account, *ROWS)
    assert find("zenith") == ["C"]

    def fail(writer: Any) -> None:
        with writer.savepoint():
            writer.insert(account, {"Id": "001D", "Name": "Zenith"})
            raise LookupError

    with store.write() as writer:
        with pytest.raises(LookupError):
            fail(writer)
        writer.insert(account, {"Id": "001E", "Name": "Zenith"})
    assert find("zenith") == ["C", "E"]


def test_an_index_that_is_rolled_back_is_made_again(store: Store, account: Any, find: Callable[..., list[str]]) -> None:
    write(store, account, *ROWS)

    def fail() -> None:
        with store.write() as writer:
            writer.make_searchable(account)
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    with store.read() as reader:
        assert not reader.is_searchable(account)
    assert find("zenith") == ["C"]


def test_a_table_gets_its_other_indexes_all_the_same(
    store: Store, account: Any, find: Callable[..., list[str]]
) -> None:
    write(store, account, *ROWS)
    assert find("zenith") == ["C"]
    write(store, account, *({"Id": f"001{number:03}", "Name": f"N{number}"} for number in range(60)))
    with store.read() as reader:
        assert "Account" in reader.holding.indexed
    assert find("n59") == ["9"]


def test_a_copy_has_the_index_or_has_none(store: Store, account: Any, find: Callable[..., list[str]]) -> None:
    write(store, account, *ROWS)
    before = store.snapshot()
    assert find("zenith") == ["C"]
    after = store.snapshot()
    store.restore(before)
    with store.read() as reader:
        assert not reader.is_searchable(account)
    write(store, account, {"Id": "001D", "Name": "Zenith"})
    assert find("zenith") == ["C", "D"]
    store.restore(after)
    with store.read() as reader:
        assert reader.is_searchable(account)
    write(store, account, {"Id": "001E", "Name": "Zenith"})
    assert find("zenith") == ["C", "E"]


def test_a_file_keeps_its_index(schema: Any, account: Any, tmp_path: Path) -> None:
    path = str(tmp_path / "org.db")
    with Store(schema, path) as store:
        write(store, account, *ROWS)
        with store.write() as writer:
            writer.make_searchable(account)
    with Store(schema, path) as store:
        write(store, account, {"Id": "001D", "Name": "Zenith"})
        with store.read() as reader:
            assert reader.is_searchable(account)
            assert reader.matching(account, Phrase("zenith"), TEXTS) == ["001C", "001D"]


def test_an_index_over_other_fields_is_dropped_and_made_anew(
    schema: Any, account: Any, build: Any, tmp_path: Path
) -> None:
    path = str(tmp_path / "org.db")
    with Store(schema, path) as store:
        write(store, account, *ROWS)
        with store.write() as writer:
            writer.make_searchable(account)
    wider = replace(account, fields=(*account.fields, build.field("Site", createable=True)))
    with Store(build.schema([wider]), path) as store:
        with store.read() as reader:
            assert not reader.is_searchable(wider)
        with store.write() as writer:
            writer.insert(wider, {"Id": "001D", "Name": "North", "Site": "Zenith"})
            writer.make_searchable(wider)
            assert writer.matching(wider, Phrase("zenith"), ("Name", "Site")) == ["001C", "001D"]


def test_the_search_uses_the_index(store: Store, account: Any, find: Callable[..., list[str]]) -> None:
    write(store, account, *ROWS)
    assert find("zenith") == ["C"]
    with store.read() as reader:
        index = store._layout.text_index("Account").quoted
        sql = f"EXPLAIN QUERY PLAN SELECT Id FROM Account WHERE rowid IN (SELECT rowid FROM {index} WHERE {index} MATCH ?)"
        steps = [row[3] for row in reader._rows(sql, ["zenith"])]
    assert any("VIRTUAL TABLE INDEX" in step for step in steps)
    assert not any(step == "SCAN Account" for step in steps)


def test_a_pattern_that_stands_for_too_many_words_is_refused(
    store: Store, account: Any, find: Callable[..., list[str]]
) -> None:
    write(store, account, {"Id": "001A", "Name": " ".join(f"w{number}x" for number in range(1001))})
    assert find(Pattern("w?x")) == ["A"]
    with pytest.raises(StoreCapacityError, match="more than 1000 words"):
        find(Pattern("w*x"))


def test_an_expression_that_is_too_deep_is_refused(store: Store, account: Any, find: Callable[..., list[str]]) -> None:
    write(store, account, *ROWS)
    deep: Find = Phrase("acme")
    for _ in range(200):
        deep = Either((Both((deep, Phrase("acme"))), Phrase("zenith")))
    with pytest.raises(StoreCapacityError):
        find(deep)


WORDS = ("acme", "corp", "zen", "zenith")
PLAIN = st.one_of(
    st.sampled_from(WORDS).map(Phrase),
    st.sampled_from(("a", "zen", "co")).map(lambda text: Phrase(text, prefix=True)),
    st.tuples(st.sampled_from(WORDS), st.sampled_from(WORDS)).map(lambda pair: Phrase(" ".join(pair))),
    st.sampled_from(("z*h", "a?me", "?e?", "c*x")).map(Pattern),
)
FINDS = st.recursive(
    PLAIN,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: Both(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: Either(tuple(parts))),
        st.tuples(inner, inner).map(lambda pair: Without(*pair)),
    ),
    max_leaves=6,
)


def matches(find: Find, texts: list[list[str]]) -> bool:
    """What a search means, told slowly: ``texts`` are the words of each field."""
    match find:
        case Phrase(text, prefix):
            words = text.split()
            return any(follows(words, prefix, field, start) for field in texts for start in range(len(field)))
        case Pattern(text):
            return any(fnmatchcase(word, text) for field in texts for word in field)
        case Both(parts):
            return all(matches(part, texts) for part in parts)
        case Either(parts):
            return any(matches(part, texts) for part in parts)
        case Without(found, excluded):
            return matches(found, texts) and not matches(excluded, texts)
    raise AssertionError(find)


def follows(words: list[str], prefix: bool, field: list[str], start: int) -> bool:
    here = field[start : start + len(words)]
    if len(here) < len(words) or here[:-1] != words[:-1]:
        return False
    return here[-1].startswith(words[-1]) if prefix else here[-1] == words[-1]


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.tuples(*[st.lists(st.sampled_from(WORDS), max_size=3)] * 2), min_size=1, max_size=6),
    find=FINDS,
)
def test_the_index_means_what_a_slow_search_does(
    schema: Any, account: Any, rows: list[tuple[list[str], list[str]]], find: Find
) -> None:
    with Store(schema, "memory") as store, store.write() as writer:
        for number, texts in enumerate(rows):
            name, description = (" ".join(words).upper() or None for words in texts)
            writer.insert(account, {"Id": f"001{number}", "Name": name, "Description": description})
            writer.make_searchable(account)  # after the first record, so that both ways of filling are used
        found = writer.matching(account, find, TEXTS)
    assert found == [f"001{number}" for number, texts in enumerate(rows) if matches(find, list(texts))]
