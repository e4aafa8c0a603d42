"""Random calls, done twice: on an org through a door, and on the model. Whatever is answered must be the same."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from mockorg_server.core.host import Host
from mockorg_server.core.setting import OrgSettings

from .door import EngineDoor, Fault, WireDoor
from .fact import BOOLEAN, DATE, DATETIME, EMAIL, FACTS, ID, INT, NUMBER, PICKLIST, REFERENCE, TEXT, WRITTEN, FieldFact
from .org_model import OrgModel, long_id
from .query_model import Combined, Day, Pattern, Query, Test, fact_of

NOW = datetime(2026, 1, 31, 12, 0, 30, tzinfo=UTC)
CREATED_AT = datetime(2025, 1, 31, tzinfo=UTC)

# --- values

LETTERS = "aAbBéÉß1%_'\\&<"
texts = st.text(LETTERS + " ", min_size=1, max_size=4).filter(str.strip)
numbers = st.integers(1, 6)


def _id(prefix: str, number: int, is_long: bool) -> str:
    text = f"{prefix}{number:012}"
    return (long_id(text) or "") if is_long else text


# Hypothesis favours what stands first: let that be the plain case, or nothing interesting is ever there.
rarely = st.sampled_from([False] * 15 + [True])
sometimes = st.sampled_from([False] * 3 + [True])
wrong_ids = st.sampled_from(
    ["001000000000099AAA", "0zz000000000001AAA", "00Q000000000001", "not an id", "005000000000001"]
)


def ids_of(*prefixes: str) -> st.SearchStrategy[str]:
    right = st.builds(_id, st.sampled_from(prefixes), numbers, st.booleans())
    return rarely.flatmap(lambda wrong: wrong_ids if wrong else right)


any_ids = ids_of("001", "003", "00Q")


days = st.sampled_from(["1999-12-31", "2026-01-30", "2026-01-31", "2026-02-01"])
instants = st.sampled_from(["2026-01-30T23:59:59Z", "2026-01-31T12:00:30Z", "2026-01-31T14:00:30+02:00"])
VALUES: dict[str, Callable[[FieldFact], st.SearchStrategy[Any]]] = {
    TEXT: lambda fact: rarely.flatmap(lambda long: st.just("x" * (fact.length + 1)) if long else texts),
    EMAIL: lambda _fact: st.sampled_from(["a@b.co", "A@b.co", " a@b.co ", "é@b.co", "É@B.CO", "c@d.e", "nobody"]),
    PICKLIST: lambda fact: st.one_of(st.sampled_from(fact.choices), st.sampled_from(["banking", "Zebra", "zebra"])),
    NUMBER: lambda _fact: st.sampled_from([0.0, 1.0, 1.5, 2.0, -1.5, 12345678.0, 1e17, 1e18]),
    INT: lambda _fact: st.sampled_from([0, 1, 2, -5, 99_999_999, 100_000_000]),
    BOOLEAN: lambda _fact: st.booleans(),
    DATE: lambda _fact: days,
    DATETIME: lambda _fact: instants,
    REFERENCE: lambda fact: ids_of(FACTS[fact.to].prefix),
    ID: lambda _fact: ids_of("001"),
}


@st.composite
def records(draw: Any, sobject: str, with_id: bool) -> dict[str, Any]:
    """A record to be saved: mostly right, with a null, a wrong value or a wrong field now and then."""
    facts = FACTS[sobject].fields
    writable = [name for name, fact in facts.items() if fact.writable]
    names = draw(st.lists(st.sampled_from(writable), max_size=4, unique=True))
    if not draw(rarely):
        required = [name for name, fact in facts.items() if not (fact.nillable or fact.defaulted or fact.default)]
        names += [name for name in required if name not in names and name not in ("IsUnreadByOwner",)]
    if draw(rarely):
        names.append(draw(st.sampled_from(["CreatedDate", "IsDeleted", "Nonsense"])))
    record = {name: _value(draw, facts.get(name)) for name in dict.fromkeys(names)}
    if with_id is not draw(rarely):
        record["Id"] = draw(ids_of(FACTS[sobject].prefix))
    # nulls travel apart from values, and so come after them
    return dict(sorted(record.items(), key=lambda item: item[1] is None))


def _value(draw: Any, fact: FieldFact | None) -> Any:
    if fact is None or fact.kind == DATETIME:
        return "2026-01-31T00:00:00.000Z"
    return None if draw(rarely) else draw(VALUES[fact.kind](fact))


def plain_records(sobject: str, count: int) -> list[dict[str, Any]]:
    """Records with what is required and no more."""
    names = ("Name",) if sobject == "Account" else ("LastName", "Company") if sobject == "Lead" else ("LastName",)
    return [dict.fromkeys(names, f"{number % 7}") for number in range(count)]


# --- queries

FILTERED = {
    "Account": ["Id", "Name", "Industry", "AnnualRevenue", "NumberOfEmployees", "Phone", "ParentId", "CreatedDate",
                "LastModifiedDate", "IsDeleted", "OwnerId", "Parent.Name", "Parent.AnnualRevenue", "Owner.Username"],
    "Contact": ["Id", "Name", "LastName", "FirstName", "Email", "Birthdate", "AccountId", "Account.Name",
                "Account.Industry", "Account.IsDeleted", "ReportsTo.Email", "SystemModstamp"],
    "Lead": ["Id", "Company", "Status", "IsUnreadByOwner", "Email", "CreatedById", "CreatedDate"],
    "User": ["Id", "Username"],
}  # fmt: skip
ORDERINGS = ["<", "<=", ">", ">="]
OPERATORS = {
    BOOLEAN: ["=", "!="],
    ID: ["=", "!=", "IN", "NOT IN"],
    REFERENCE: ["=", "!=", "IN", "NOT IN"],
    PICKLIST: ["=", "!=", "IN", "NOT IN", "LIKE"],
    TEXT: ["=", "!=", "IN", "NOT IN", "LIKE", *ORDERINGS],
    EMAIL: ["=", "!=", "IN", "LIKE", *ORDERINGS],
    DATE: ["=", "!=", "IN", "NOT IN", *ORDERINGS],
    DATETIME: ["=", "!=", *ORDERINGS],
    NUMBER: ["=", "!=", "IN", "NOT IN", *ORDERINGS],
    INT: ["=", "!=", "IN", "NOT IN", *ORDERINGS],
}
PATTERNS = st.lists(st.one_of(st.sampled_from(LETTERS + " "), st.sampled_from([None, ""])), min_size=1, max_size=4)
DAYS = st.sampled_from([Day("TODAY", 0), Day("YESTERDAY", -1), Day("TOMORROW", 1), Day("N_DAYS_AGO:2", -2)])


def _literals(sobject: str, path: str, fact: FieldFact) -> st.SearchStrategy[Any]:
    if fact.kind in (ID, REFERENCE):
        prefix = FACTS[sobject].prefix if fact.kind == ID else FACTS[fact.to].prefix
        return st.builds(_id, st.just(prefix), numbers, st.booleans())
    if fact.kind in (TEXT, PICKLIST, EMAIL):
        return st.one_of(VALUES[fact.kind](fact).filter(lambda text: len(text) < 60), texts)
    values = VALUES[fact.kind](fact)
    if fact.kind == INT:
        return values
    return st.one_of(values, DAYS) if fact.kind in (DATE, DATETIME) else values


@st.composite
def tests(draw: Any, sobject: str) -> Test:
    """One comparison."""
    path = draw(st.sampled_from(FILTERED[sobject]))
    fact = fact_of(sobject, path)
    operator = draw(st.sampled_from(OPERATORS[fact.kind]))
    literals = _literals(sobject, path, fact)
    if operator == "LIKE":
        return Test(path, operator, Pattern(tuple(draw(PATTERNS))))
    if operator.endswith("IN"):
        listed = st.one_of(literals, literals, st.none()).filter(lambda value: not isinstance(value, Day))
        return Test(path, operator, tuple(draw(st.lists(listed, min_size=1, max_size=3))))
    if operator in ("=", "!=") and draw(sometimes):
        return Test(path, operator, None)
    return Test(path, operator, draw(literals))


def conditions(sobject: str) -> st.SearchStrategy[Any]:
    leaf = tests(sobject)
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.builds(lambda part: Combined("NOT", (part,)), inner),
            st.builds(Combined, st.sampled_from(["AND", "OR"]), st.lists(inner, min_size=2, max_size=3).map(tuple)),
        ),
        max_leaves=4,
    )


@st.composite
def queries(draw: Any) -> Query:
    sobject = draw(st.sampled_from(["Account", "Account", "Contact", "Contact", "Lead", "User"]))
    paths = FILTERED[sobject]
    where = None if draw(sometimes) else draw(conditions(sobject))
    if draw(rarely):
        return Query(sobject, None, where)
    select = draw(st.lists(st.sampled_from(paths), min_size=1, max_size=5, unique=True))
    key = st.tuples(st.sampled_from(paths), st.booleans(), st.sampled_from(["", "", "FIRST", "LAST"]))
    order = draw(st.lists(key, max_size=2, unique_by=lambda each: each[0]))
    limit, offset = (draw(st.sampled_from([None, None, None, None, 3, 1, 0])) for _ in range(2))
    return Query(sobject, tuple(select), where, tuple(order), limit, offset)


WRONG_QUERIES = {
    "SELECT Id FROM Nonsense": "INVALID_TYPE",
    "SELECT Nonsense FROM Account": "INVALID_FIELD",
    "SELECT Id FROM Account WHERE NumberOfEmployees = 'a'": "INVALID_FIELD",
    "SELECT Id FROM Account WHERE Name = 'a' AND Name = 'b' OR Name = 'c'": "MALFORMED_QUERY",
    "SELECT Id FROM Account WHERE Id = 'abc'": "INVALID_QUERY_FILTER_OPERATOR",
    "SELECT Id FROM": "MALFORMED_QUERY",
}

# --- the machine

sessions = st.sampled_from(["first"] * 15 + ["second", "token", "never opened"])
windows = st.tuples(st.sampled_from([-1, -2, -20, 0, -40]), st.sampled_from([1, 2, 0, 3600, -120]))


class OrgMachine(RuleBasedStateMachine):
    """Calls in any order. Subclasses open the door."""

    def __init__(self) -> None:
        super().__init__()
        self.host, self.door = self.open()
        org = self.host.default
        self.model = OrgModel(NOW, org.username, org.administrator_id, CREATED_AT)
        self.locators: list[str] = []

    def teardown(self) -> None:
        """Compare everything that is there in the end."""
        try:
            self._same("login", "last", "last@x.example", "p")
            for name in FACTS:
                self._page("last", Query(name, tuple(FACTS[name].fields)), True, 2000)
        finally:
            self.close()

    def open(self) -> tuple[Host, EngineDoor | WireDoor]:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError

    @initialize(
        accounts=st.lists(records("Account", False), max_size=3),
        contacts=st.lists(records("Contact", False), max_size=3),
    )
    def begin(self, accounts: list[Any], contacts: list[Any]) -> None:
        """Have somebody who is logged in, and some records."""
        self._same("login", "first", "first@x.example", "p")
        for sobject, given in (("Account", accounts), ("Contact", contacts), ("Lead", [])):
            self._same("create", "first", sobject, [*plain_records(sobject, 5), *given], False)

    def _same(self, name: str, *arguments: Any) -> Any:
        theirs, ours = (_outcome(getattr(each, name), arguments) for each in (self.model, self.door))
        assert ours == theirs, (name, arguments, ours, theirs)
        return theirs

    def _page(self, session: str, query: Query, include_deleted: bool, batch_size: int) -> None:
        theirs = _outcome(self.model.query, (session, query, include_deleted, batch_size))
        ours = _outcome(self.door.query, (session, query.text, include_deleted, batch_size))
        assert ours == theirs, query.text
        self._note(theirs)

    def _note(self, outcome: Any) -> None:
        locator = getattr(outcome, "locator", None)
        if locator is not None:
            self.locators.append(locator)

    @rule(
        session=st.sampled_from(["second", "first"]),
        username=st.sampled_from(["a@x.example", "A@X.example", "b@x.example", ""]),
        password=st.sampled_from(["p", "p", "p", ""]),
    )
    def login(self, session: str, username: str, password: str) -> None:
        self._same("login", session, username, password)

    @rule(session=st.sampled_from(["second", "never opened", "first"]))
    def logout(self, session: str) -> None:
        self._same("logout", session)
        if session == "first":
            self._same("login", "first", "first@x.example", "p")

    @rule(seconds=st.sampled_from([1, 29, 60, 1, 3600, 1, 7201, 86_400, 172_801]), goes_on=sometimes)
    def advance(self, seconds: int, goes_on: bool) -> None:
        self._same("advance", seconds)
        if seconds > 7200 and not goes_on:
            self._same("login", "first", "first@x.example", "p")

    @rule(sure=rarely)
    def reset(self, sure: bool) -> None:
        if sure:
            self._same("reset")
            self.locators.clear()

    @rule(data=st.data(), session=sessions, sobject=st.sampled_from(WRITTEN), all_or_none=sometimes)
    def create(self, data: Any, session: str, sobject: str, all_or_none: bool) -> None:
        given = data.draw(st.lists(records(sobject, False), min_size=1, max_size=4))
        self._same("create", session, sobject, given, all_or_none)

    @rule(sobject=st.sampled_from(WRITTEN), count=st.sampled_from([0] * 6 + [200, 200, 199, 201]))
    def create_many(self, sobject: str, count: int) -> None:
        """Make enough of them for a second page, now and then."""
        if count:
            self._same("create", "first", sobject, plain_records(sobject, count), False)
            self._page("first", Query(sobject, ("Id", "Name")), False, 200)

    @rule(data=st.data(), session=sessions, sobject=st.sampled_from(WRITTEN), all_or_none=sometimes)
    def update(self, data: Any, session: str, sobject: str, all_or_none: bool) -> None:
        given = data.draw(st.lists(records(sobject, True), min_size=1, max_size=3))
        self._same("update", session, sobject, given, all_or_none)

    @rule(data=st.data(), session=sessions, sobject=st.sampled_from(WRITTEN), all_or_none=sometimes)
    def upsert(self, data: Any, session: str, sobject: str, all_or_none: bool) -> None:
        key = data.draw(st.sampled_from(["Email"] * 6 + ["Id"] * 3 + ["LastName"]))
        given = data.draw(st.lists(records(sobject, key == "Id"), min_size=1, max_size=3))
        if key in FACTS[sobject].fields and key == "Email":
            emails = data.draw(st.lists(VALUES[EMAIL](FACTS[sobject].fields[key]), min_size=3, max_size=3))
            given = [{**record, "Email": email} for record, email in zip(given, emails, strict=False)]
        given = [dict(sorted(each.items(), key=lambda item: item[1] is None)) for each in given]
        self._same("upsert", session, sobject, key, given, all_or_none)

    @rule(session=sessions, chosen=st.lists(any_ids, min_size=1, max_size=4), all_or_none=sometimes)
    def delete(self, session: str, chosen: list[str], all_or_none: bool) -> None:
        self._same("delete", session, chosen, all_or_none)

    @rule(session=sessions, query=queries(), include_deleted=st.booleans())
    def query(self, session: str, query: Query, include_deleted: bool) -> None:
        self._page(session, query, include_deleted, 200)

    @rule(query=queries())
    def query_the_living(self, query: Query) -> None:
        self._page("first", query, False, 200)

    @rule(session=sessions, soql=st.sampled_from(sorted(WRONG_QUERIES)))
    def wrong_query(self, session: str, soql: str) -> None:
        ours = _outcome(self.door.query, (session, soql, False, 200))
        assert ours in (("fault", WRONG_QUERIES[soql]), ("fault", "INVALID_SESSION_ID"))
        refused = _outcome(self.model._user, (session,)) == ("fault", "INVALID_SESSION_ID")
        assert refused == (ours == ("fault", "INVALID_SESSION_ID"))

    @precondition(lambda self: self.locators)
    @rule(
        session=sessions, pick=st.integers(0, 50), shift=st.sampled_from([0, 0, 0, 7]), size=st.sampled_from([200, 300])
    )
    def query_more(self, session: str, pick: int, shift: int, size: int) -> None:
        cursor, _, offset = self.locators[pick % len(self.locators)].partition("-")
        self._note(self._same("query_more", session, f"{cursor}-{int(offset) + shift}", size))

    @rule(
        session=sessions,
        sobject=st.sampled_from([*WRITTEN * 4, "Nonsense"]),
        fields=st.lists(
            st.sampled_from(["Id", "CreatedDate", "SystemModstamp", "OwnerId", "Email"]), min_size=1, unique=True
        ),
        chosen=st.lists(any_ids, min_size=1, max_size=5),
    )
    def retrieve(self, session: str, sobject: str, fields: list[str], chosen: list[str]) -> None:
        self._same("retrieve", session, sobject, tuple(fields), tuple(chosen))

    @rule(session=sessions, sobject=st.sampled_from([*WRITTEN * 4, "Nonsense"]), window=windows)
    def get_updated(self, session: str, sobject: str, window: tuple[int, int]) -> None:
        self._same("get_updated", session, sobject, *self._window(window))

    @rule(session=sessions, sobject=st.sampled_from([*WRITTEN * 4, "Nonsense"]), window=windows)
    def get_deleted(self, session: str, sobject: str, window: tuple[int, int]) -> None:
        self._same("get_deleted", session, sobject, *self._window(window))

    def _window(self, window: tuple[int, int]) -> tuple[datetime, datetime]:
        start, minutes = window
        now = self.model.state.now
        return now + timedelta(days=start), now + timedelta(minutes=minutes)


class EngineMachine(OrgMachine):
    """Calls on ``Org.run``, each time of a new org."""

    def open(self) -> tuple[Host, EngineDoor]:
        host = Host.open(OrgSettings(clock_start=NOW))
        return host, EngineDoor(host)

    def close(self) -> None:
        self.host.close()


class WireMachine(OrgMachine):
    """Calls over SOAP on one org, which is reset each time: building the application takes long."""

    host_and_app: ClassVar[tuple[Host, Any]]

    def open(self) -> tuple[Host, WireDoor]:
        host, app = self.host_and_app
        host.default.reset()
        return host, WireDoor(host.default.token, app)

    def close(self) -> None:
        """Leave the org to the next."""


def _outcome(method: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    try:
        return method(*arguments)
    except Fault as fault:
        return "fault", str(fault)
