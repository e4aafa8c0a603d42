"""The index for text search of one sObject: a full-text table beside the records' own, and triggers that keep it up.

It is made by the first search of the sObject. An sObject that nobody searches has none and pays nothing; one that has
it is kept up by its triggers, so in the transaction of the write itself, whoever writes. The index holds words only: it
names records by their rows, which must not be renumbered (no VACUUM of a database that has been searched).

What is searched is told by ``soql.sosl_field``; what a ``Find`` means is told in ``soql.sosl_syntax``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from mockorg_server.schema.field_type import FieldType
from mockorg_server.schema.sobject import SObject
from mockorg_server.soql.sosl_field import searched_fields
from mockorg_server.soql.sosl_syntax import Both, Either, Find, Pattern, Phrase, Without, Words
from mockorg_server.store.dialect import SqliteDialect
from mockorg_server.store.table import Table

PREFIX: Final = "~search."
_TERMS: Final = "~terms."
_EVENTS: Final = ("insert", "update", "delete")
# Accents do not count, as in the platform's own search fields (inferred); words are runs of letters and digits.
_TOKENIZER: Final = "unicode61 remove_diacritics 2"
_SEPARATORS: Final = ("(", ")", " ", "-", ".", "/", "+")  # in phone numbers


@dataclass(frozen=True, eq=False)
class TextIndex:
    """The index of one table, as SQL.

    ``columns`` maps field names to columns of the index. ``ddl`` makes it and fills it, ``drop_ddl`` removes it;
    ``definition`` is what the database tells of it, for comparing with one made under another schema. ``terms`` is the
    quoted list of its words.
    """

    quoted: str
    terms: str
    definition: str
    columns: Mapping[str, str]
    ddl: tuple[str, ...]
    drop_ddl: tuple[str, ...]


def build_text_index(sobject: SObject, table: Table, dialect: SqliteDialect) -> TextIndex:
    """Lay out the index over every text field of an sObject."""
    names = [name for name in searched_fields(sobject) if name.lower() in table.columns]
    columns = {name: f"c{number}" for number, name in enumerate(names)}
    index = dialect.quote(f"{PREFIX}{table.name}")
    terms = dialect.quote(f"{_TERMS}{table.name}")
    definition = f"CREATE VIRTUAL TABLE {index} USING fts5({', '.join([*columns.values(), _OPTIONS])})"
    words = dialect.text(f"{PREFIX}{table.name}")
    triggers = {event: dialect.quote(f"{PREFIX}{table.name}.{event}") for event in _EVENTS}
    listed = ", ".join(["rowid", *columns.values()])

    def values(row: str) -> str:
        return ", ".join([f"{row}rowid", *(_searched(sobject, table, name, row) for name in names)])

    add = f"INSERT INTO {index} ({listed}) VALUES ({values('new.')});"
    remove = f"INSERT INTO {index} ({index}, {listed}) VALUES ('delete', {values('old.')});"
    watched = ", ".join(table.column(name).raw for name in names)
    on = f"ON {table.quoted} BEGIN"
    return TextIndex(
        quoted=index,
        terms=terms,
        definition=definition,
        columns=columns,
        ddl=(
            definition,
            f"CREATE VIRTUAL TABLE {terms} USING fts5vocab({words}, 'row')",
            f"CREATE TRIGGER {triggers['insert']} AFTER INSERT {on} {add} END",
            f"CREATE TRIGGER {triggers['update']} AFTER UPDATE OF {watched} {on} {remove} {add} END",
            f"CREATE TRIGGER {triggers['delete']} AFTER DELETE {on} {remove} END",
            f"INSERT INTO {index} ({listed}) SELECT {values('')} FROM {table.quoted}",
        ),
        drop_ddl=(
            *(f"DROP TRIGGER IF EXISTS {name}" for name in triggers.values()),
            f"DROP TABLE IF EXISTS {terms}",
            f"DROP TABLE IF EXISTS {index}",
        ),
    )


_OPTIONS: Final = f"content='', tokenize='{_TOKENIZER}'"


def _searched(sobject: SObject, table: Table, name: str, row: str) -> str:
    """Give what is indexed of a field: of a phone number also its digits in one, as people search for it (inferred)."""
    column = f"{row}{table.column(name).raw}"
    field = sobject.field(name)
    if field is None or field.type is not FieldType.PHONE:
        return column
    digits = column
    for separator in _SEPARATORS:
        digits = f"replace({digits}, '{separator}', '')"
    return f"{column} || ' ' || {digits}"


def match_text(find: Find, columns: Sequence[str], terms_like: Callable[[str], list[str]]) -> str | None:
    """Give a ``Find`` in the language of the index, None when nothing can be found.

    ``terms_like`` lists the words of the index that a pattern of ``*`` and ``?`` matches.
    """
    if not columns:
        return None
    matched = _match(find, terms_like)
    return None if matched is None else f"{{{' '.join(columns)}}} : ({matched})"


def _match(find: Find, terms_like: Callable[[str], list[str]]) -> str | None:
    match find:
        case Phrase(text, prefix):
            return _quoted(text) + ("*" if prefix else "")
        case Pattern(text):
            words = terms_like(fold_word(text))
            return f"({' OR '.join(map(_quoted, words))})" if words else None
        case Both(parts) | Words(parts):
            matched = [_match(part, terms_like) for part in parts]
            return None if None in matched else f"({' AND '.join(filter(None, matched))})"
        case Either(parts):
            matched = [_match(part, terms_like) for part in parts]
            found = [each for each in matched if each is not None]
            return f"({' OR '.join(found)})" if found else None
        case Without(found_part, excluded_part):
            wanted, unwanted = _match(found_part, terms_like), _match(excluded_part, terms_like)
            return wanted if wanted is None or unwanted is None else f"({wanted} NOT {unwanted})"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""').replace("\0", " ") + '"'


def fold_word(word: str) -> str:
    """Give a word as the index keeps it: in lower case and without accents."""
    parts = unicodedata.normalize("NFD", word.lower())
    return "".join(character for character in parts if not unicodedata.combining(character))
