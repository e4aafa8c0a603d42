"""A plain model of an org: dicts and lists, no index, no transaction, no SQL. Slow, short, and easy to believe.

It answers as the API is documented to; of errors it knows the codes and fields, not the texts. What it is asked and
what it answers is the common form of ``door.py``.
"""

import copy
import math
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from .door import Fault, Page, Saved
from .fact import BOOLEAN, EMAIL, FACTS, INT, NUMBER, PICKLIST, REFERENCE, SObjectFact
from .query_model import Query, fold, run_query

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
ROLLED_BACK = ("ALL_OR_NONE_OPERATION_ROLLED_BACK", ())
Row = dict[str, Any]
Error = tuple[str, tuple[str, ...]]


def long_id(text: str) -> str | None:
    """Give the 18 characters of an id in either form, None for what is no id."""
    if not set(text) <= set(DIGITS) or len(text) not in (15, 18):
        return None
    short, letters = text[:15], "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    groups = (short[start : start + 5] for start in (0, 5, 10))
    checks = (sum(1 << place for place, letter in enumerate(group) if letter.isupper()) for group in groups)
    whole = short + "".join(letters[check] for check in checks)
    return whole if len(text) == 15 or text == whole else None


def stamp_of(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%S.000Z")


class RowRefused(Exception):
    """One record is refused."""

    def __init__(self, *errors: Error) -> None:
        super().__init__(errors)
        self.errors = errors


@dataclass
class State:
    """Everything that a reset takes back."""

    now: datetime
    rows: dict[str, dict[str, Row]] = field(default_factory=lambda: {name: {} for name in FACTS})
    used: Counter[str] = field(default_factory=Counter)
    cursors: dict[str, tuple[list[Row], str, datetime]] = field(default_factory=dict)


class OrgModel:
    """One org. Sessions are known by the names that the test gives them."""

    def __init__(self, now: datetime, administrator: str, user_id: str, created_at: datetime) -> None:
        self.created_at = created_at
        self.state = State(now)
        self.state.used["005"] = 1
        self.state.rows["User"][user_id] = {"Id": user_id, "Username": administrator, "IsDeleted": False}
        self._start = copy.deepcopy(self.state)
        self._administrator_id = user_id
        self.sessions: dict[str, tuple[str, datetime]] = {"token": (user_id, now)}

    # --- the org as a whole

    def advance(self, seconds: int) -> None:
        self.state.now += timedelta(seconds=seconds)

    def reset(self) -> None:
        self.state = copy.deepcopy(self._start)
        self.sessions = {"token": (self._administrator_id, self.state.now)}

    def login(self, session: str, username: str, password: str) -> str:
        if not username or not password:
            raise Fault("INVALID_LOGIN")
        users = self.state.rows["User"]
        found = next((row["Id"] for row in users.values() if fold(row["Username"]) == fold(username)), None)
        if found is None:
            found = self._next_id("005")
            users[found] = {"Id": found, "Username": username, "IsDeleted": False}
        self.sessions[session] = (found, self.state.now)
        return found

    def logout(self, session: str) -> None:
        self._user(session)
        del self.sessions[session]

    def _user(self, session: str) -> str:
        user_id, used_at = self.sessions.get(session, ("", self.state.now))
        if not user_id:
            raise Fault("INVALID_SESSION_ID")
        if session != "token" and self.state.now - used_at > timedelta(hours=2):
            del self.sessions[session]
            raise Fault("INVALID_SESSION_ID")
        self.sessions[session] = (user_id, self.state.now)
        return user_id

    def _next_id(self, prefix: str) -> str:
        self.state.used[prefix] += 1
        number, text = self.state.used[prefix], ""
        while number:
            number, digit = divmod(number, 62)
            text = DIGITS[digit] + text
        whole = long_id(prefix + text.rjust(15 - len(prefix), "0"))
        assert whole is not None
        return whole

    # --- reading

    def query(self, session: str, query: Query, include_deleted: bool, batch_size: int) -> Page:
        user = self._user(session)
        rows = run_query(query, self.state.rows, include_deleted, self.state.now)
        if query.counts:
            return Page((), len(rows), None)
        if len(rows) <= batch_size:
            return Page(tuple(rows), len(rows), None)
        cursor = self._next_id("0r8")
        self.state.cursors[cursor] = (rows, user, self.state.now)
        return Page(tuple(rows[:batch_size]), len(rows), f"{cursor}-{batch_size}")

    def query_more(self, session: str, locator: str, batch_size: int) -> Page:
        user = self._user(session)
        cursor, _, offset = locator.partition("-")
        rows, owner, opened = self.state.cursors.get(cursor, ([], "", self.state.now))
        if not owner or owner != user or self.state.now - opened > timedelta(days=2):
            raise Fault("INVALID_QUERY_LOCATOR")
        start, end = int(offset), int(offset) + batch_size
        if not 0 < start < len(rows):
            raise Fault("INVALID_QUERY_LOCATOR")
        return Page(tuple(rows[start:end]), len(rows), None if end >= len(rows) else f"{cursor}-{end}")

    def retrieve(self, session: str, sobject: str, fields: tuple[str, ...], ids: tuple[str, ...]) -> list[Row | None]:
        self._user(session)
        fact = self._fact(sobject)
        if not set(fields) <= set(fact.fields) or len(set(fields)) < len(fields):
            raise Fault("INVALID_FIELD")
        wholes = [long_id(text) for text in ids]
        if None in wholes:
            raise Fault("MALFORMED_ID")
        found = (self._alive(sobject, whole) for whole in wholes)
        return [None if row is None else {name: row.get(name) for name in fields} for row in found]

    def get_updated(self, session: str, sobject: str, start: datetime, end: datetime) -> tuple[list[str], datetime]:
        self._user(session)
        self._fact(sobject)
        start, end = self._window(start, end, timedelta(0))
        ids = [row["Id"] for row in self._rows_between(sobject, start, end) if not row["IsDeleted"]]
        return sorted(ids), min(end, self.state.now.replace(second=0))

    def get_deleted(self, session: str, sobject: str, start: datetime, end: datetime) -> tuple[Any, datetime, datetime]:
        self._user(session)
        self._fact(sobject)
        start, end = self._window(start, end, timedelta(minutes=1))
        start = max(start, self.state.now - timedelta(days=15))
        rows = [row for row in self._rows_between(sobject, start, end) if row["IsDeleted"]]
        found = sorted((row["SystemModstamp"], row["Id"]) for row in rows)
        return found, self.created_at, min(end, self.state.now.replace(second=0))

    def _rows_between(self, sobject: str, start: datetime, end: datetime) -> list[Row]:
        rows = self.state.rows[sobject].values()
        return [row for row in rows if start <= datetime.fromisoformat(row["SystemModstamp"]) < end]

    def _window(self, start: datetime, end: datetime, least: timedelta) -> tuple[datetime, datetime]:
        start, end = (instant.replace(second=0, microsecond=0) for instant in (start, end))
        earliest = (self.state.now - timedelta(days=30)).replace(second=0)
        if end - start <= least or start < earliest or start < self.created_at:
            raise Fault("INVALID_REPLICATION_DATE")
        return start, end

    def _fact(self, sobject: str) -> SObjectFact:
        if sobject not in FACTS:
            raise Fault("INVALID_TYPE")
        return FACTS[sobject]

    def _alive(self, sobject: str, record_id: str | None) -> Row | None:
        row = self.state.rows[sobject].get(record_id or "")
        return None if row is None or row["IsDeleted"] else row

    # --- writing

    def create(self, session: str, sobject: str, records: list[Row], all_or_none: bool) -> list[Saved]:
        user = self._user(session)
        self._check_names(sobject, records)
        saved = self._save_all([lambda r=record: self._insert(sobject, r, user) for record in records], all_or_none)
        return [Saved(each.id, each.errors) for each in saved]

    def update(self, session: str, sobject: str, records: list[Row], all_or_none: bool) -> list[Saved]:
        user = self._user(session)
        self._check_names(sobject, records)
        return self._save_all([lambda r=record: self._update(sobject, r, user) for record in records], all_or_none)

    def upsert(self, session: str, sobject: str, key: str, records: list[Row], all_or_none: bool) -> list[Saved]:
        user = self._user(session)
        self._check_names(sobject, records)
        if records and not (key in FACTS[sobject].fields and FACTS[sobject].fields[key].upsert_key):
            raise Fault("INVALID_FIELD")
        keys = [self._key_of(record, key) for record in records]
        often = Counter(each for each in keys if each is not None)
        pairs = zip(records, keys, strict=True)
        saves = [lambda r=r, v=v: self._upsert(sobject, key, r, v, often[v] > 1, user) for r, v in pairs]
        return self._save_all(saves, all_or_none)

    def delete(self, session: str, ids: list[str], all_or_none: bool) -> list[Saved]:
        user = self._user(session)
        if len(ids) > 200:
            raise Fault("EXCEEDED_ID_LIMIT")
        return self._save_all([lambda i=each: self._delete(i, user) for each in ids], all_or_none)

    def _check_names(self, sobject: str, records: list[Row]) -> None:
        if len(records) > 200:
            raise Fault("EXCEEDED_ID_LIMIT")
        for record in records:
            self._fact(sobject)
            if not set(record) <= set(FACTS[sobject].fields):
                raise Fault("INVALID_FIELD")

    def _save_all(self, saves: list[Any], all_or_none: bool) -> list[Saved]:
        before = {name: {key: dict(row) for key, row in rows.items()} for name, rows in self.state.rows.items()}
        results = [self._saved(save) for save in saves]
        if all_or_none and any(result.errors for result in results):
            self.state.rows = before
            known = {key for rows in before.values() for key in rows}  # what was there keeps its id in the result
            kept = [result.id if result.id in known else None for result in results]
            return [
                result if result.errors else Saved(record_id, (ROLLED_BACK,))
                for result, record_id in zip(results, kept, strict=True)
            ]
        return results

    def _saved(self, save: Any) -> Saved:
        try:
            return Saved(*save())
        except RowRefused as refused:
            return Saved(None, refused.errors)

    def _insert(self, sobject: str, record: Row, user: str) -> tuple[str, tuple[()], bool]:
        fact = FACTS[sobject]
        if record.get("Id") is not None:
            raise RowRefused(("INVALID_FIELD_FOR_INSERT_UPDATE", ("Id",)))
        given = self._checked(fact, {name: value for name, value in record.items() if name != "Id"})
        row = dict.fromkeys(fact.fields) | {name: each.default for name, each in fact.fields.items()}
        kept = {name: value for name, value in given.items() if value is not None or fact.fields[name].nillable}
        row |= {"OwnerId": user, "IsDeleted": False, "CreatedById": user, "CreatedDate": stamp_of(self.state.now)}
        row |= kept
        required = [name for name, each in fact.fields.items() if not each.nillable and not each.defaulted]
        missing = tuple(name for name in required if row[name] is None)
        if missing:
            raise RowRefused(("REQUIRED_FIELD_MISSING", missing))
        self._check_references(fact, given)
        row["Id"] = self._next_id(fact.prefix)
        self._touch(fact, row, user)
        self.state.rows[sobject][row["Id"]] = row
        return row["Id"], (), True

    def _update(self, sobject: str, record: Row, user: str) -> tuple[str, tuple[()]]:
        fact = FACTS[sobject]
        row = self._existing(sobject, record.get("Id"))
        given = self._checked(fact, {name: value for name, value in record.items() if name != "Id"})
        missing = tuple(name for name, value in given.items() if value is None and not fact.fields[name].nillable)
        if missing:
            raise RowRefused(("REQUIRED_FIELD_MISSING", missing))
        self._check_references(fact, given)
        self._check_loops(sobject, row["Id"], given)
        row |= given
        self._touch(fact, row, user)
        return row["Id"], ()

    def _touch(self, fact: SObjectFact, row: Row, user: str) -> None:
        now = stamp_of(self.state.now)
        row |= {"LastModifiedDate": now, "SystemModstamp": now, "LastModifiedById": user}
        if fact.is_person:
            row["Name"] = " ".join(row[part] for part in ("FirstName", "LastName") if row[part])

    def _key_of(self, record: Row, key: str) -> str | None:
        value = record.get(key)
        if key == "Id":
            return (long_id(value) or value) if value else None
        return fold(value.strip()) if value and value.strip() else None

    def _upsert(self, sobject: str, key: str, record: Row, value: str | None, repeated: bool, user: str) -> Any:
        if key == "Id":
            if repeated:
                raise RowRefused(("DUPLICATE_VALUE", ("Id",)))
            record = {name: each for name, each in record.items() if name != "Id" or each}
            return self._update(sobject, record, user) if value else self._insert(sobject, record, user)
        if record.get("Id"):
            raise RowRefused(("INVALID_FIELD", ("Id",)))
        if value is None:
            raise RowRefused(("MISSING_ARGUMENT", (key,)))
        if repeated:
            raise RowRefused(("DUPLICATE_VALUE", (key,)))
        rows = self.state.rows[sobject].values()
        found = [row["Id"] for row in rows if not row["IsDeleted"] and row[key] and fold(row[key]) == value]
        if len(found) > 1:
            raise RowRefused(("DUPLICATE_EXTERNAL_ID", (key,)))
        return self._update(sobject, record | {"Id": found[0]}, user) if found else self._insert(sobject, record, user)

    def _existing(self, sobject: str, text: str | None) -> Row:
        if not text:
            raise RowRefused(("MISSING_ARGUMENT", ("Id",)))
        whole = long_id(text)
        if whole is None or whole[:3] != FACTS[sobject].prefix:
            raise RowRefused(("MALFORMED_ID", ("Id",)))
        row = self.state.rows[sobject].get(whole)
        if row is None:
            raise RowRefused(("INVALID_CROSS_REFERENCE_KEY", ()))
        if row["IsDeleted"]:
            raise RowRefused(("ENTITY_IS_DELETED", ()))
        return row

    def _checked(self, fact: SObjectFact, given: Row) -> Row:
        """Give the values as they are stored."""
        refused = tuple(name for name in given if not fact.fields[name].writable)
        if refused:
            raise RowRefused(("INVALID_FIELD_FOR_INSERT_UPDATE", refused))
        values, errors = {}, []
        for name, value in given.items():
            try:
                values[name] = None if value is None else VALUES[fact.fields[name].kind](fact, name, value)
            except RowRefused as refusal:
                errors += refusal.errors
        if errors:
            raise RowRefused(*errors)
        return values

    def _check_references(self, fact: SObjectFact, given: Row) -> None:
        errors: list[Error] = []
        for name, value in given.items():
            target = fact.fields[name].to
            if fact.fields[name].kind != REFERENCE or value is None:
                continue
            row = self.state.rows[target].get(value)
            if value[:3] != FACTS[target].prefix:
                errors.append(("MALFORMED_ID", (name,)))
            elif row is None:
                errors.append(("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", ()))
            elif row["IsDeleted"]:
                errors.append(("ENTITY_IS_DELETED", ()))
        if errors:
            raise RowRefused(*errors)

    def _check_loops(self, sobject: str, record_id: str, given: Row) -> None:
        """Refuse a record that would be its own ancestor."""
        errors: list[Error] = []
        for name, value in given.items():
            above, seen = value, set()
            while FACTS[sobject].fields[name].to == sobject and above not in (None, record_id) and above not in seen:
                seen.add(above)
                above = self.state.rows[sobject][above][name]
            if value is not None and above == record_id:
                errors.append(("CIRCULAR_DEPENDENCY", (name,)))
        if errors:
            raise RowRefused(*errors)

    def _delete(self, text: str, user: str) -> tuple[str, tuple[()]]:
        whole = long_id(text)
        if whole is None:
            raise RowRefused(("MALFORMED_ID", ()))
        sobject = next((name for name, fact in FACTS.items() if whole.startswith(fact.prefix)), None)
        if sobject is None:
            raise RowRefused(("INVALID_CROSS_REFERENCE_KEY", ()))
        if sobject == "User":
            raise RowRefused(("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", ()))
        row = self._existing(sobject, text)
        self._remove(sobject, row, user)
        return whole, ()

    def _remove(self, sobject: str, row: Row, user: str) -> None:
        now = stamp_of(self.state.now)
        row |= {"IsDeleted": True, "LastModifiedDate": now, "SystemModstamp": now, "LastModifiedById": user}
        for name, fact in FACTS.items():
            for reference in (key for key, each in fact.fields.items() if each.to == sobject and each.nillable):
                for child in self.state.rows[name].values():
                    if child["IsDeleted"] or child[reference] != row["Id"]:
                        continue
                    if reference in fact.cascading:
                        self._remove(name, child, user)
                    else:
                        child[reference] = None


def _text(fact: SObjectFact, name: str, value: str) -> Any:
    text = value.strip()
    if len(text) > fact.fields[name].length:
        raise RowRefused(("STRING_TOO_LONG", (name,)))
    return text or None


def _email(fact: SObjectFact, name: str, value: str) -> Any:
    text = _text(fact, name, value)
    if text is not None and not re.fullmatch(r"[^@ ]+@[^@ ]+\.[^@ .]+", text):
        raise RowRefused(("INVALID_EMAIL_ADDRESS", (name,)))
    return text


def _picklist(fact: SObjectFact, name: str, value: str) -> Any:
    text = _text(fact, name, value)
    known = [choice for choice in fact.fields[name].choices if text and choice.lower() == text.lower()]
    return known[0] if known else text


def _number(_fact: SObjectFact, name: str, value: float) -> Any:
    if abs(value) >= 10**18:
        raise RowRefused(("NUMBER_OUTSIDE_VALID_RANGE", (name,)))
    return math.copysign(math.floor(abs(value) + 0.5), value)


def _int(fact: SObjectFact, name: str, value: int) -> Any:
    if abs(value) >= 10 ** fact.fields[name].digits:
        raise RowRefused(("NUMBER_OUTSIDE_VALID_RANGE", (name,)))
    return value


def _reference(_fact: SObjectFact, name: str, value: str) -> Any:
    whole = long_id(value)
    if whole is None:
        raise RowRefused(("MALFORMED_ID", (name,)))
    return whole


VALUES: dict[str, Any] = {
    "text": _text, EMAIL: _email, PICKLIST: _picklist, NUMBER: _number, INT: _int, REFERENCE: _reference,
    BOOLEAN: lambda _fact, _name, value: value, "date": lambda _fact, _name, value: value,
}  # fmt: skip
