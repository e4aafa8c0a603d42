"""A storm of DML: random calls on an org, and after each what must always hold, worked out anew from all its rows.

Nothing here foretells the answer of a call (``machine.py`` does that for everyday objects): the rows themselves are
asked whether they fit together.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mockorg_server.core.calls import operation as op
from mockorg_server.core.org import Org
from mockorg_server.core.record import InputRecord, MergeRequest
from mockorg_server.core.session import Caller
from mockorg_server.core.setting import OrgSettings
from mockorg_server.schema.schema import Schema

from .storm_fact import Rows, State, faults_of
from .storm_schema import SHAPES, Shape

NOW = datetime(2026, 1, 31, 12, 0, 30, tzinfo=UTC)
STAMPS = ("SystemModstamp", "LastModifiedDate", "LastModifiedById")
RARELY = 0.25
ORDER = ("Region__c", "Tool__c", "Account", "Contact", "Site__c", "Part__c", "Use__c", "Visit__c")

# A step draws from a number of its own: Hypothesis chooses and shortens the steps, and each is spread evenly inside.
seeds = st.integers(0, 2**30)
TEXTS = ("a", "A", "b", "B", " a ", "é", "É", "ß", "c", None)
PRICES = (0, 1, 49.99, 50, 50.01, 100.005, -3, 400, 900, None)
VALUES: dict[str, tuple[Any, ...]] = {
    "Name": ("x", "y"),
    "LastName": ("x", "y", "z"),
    "Code__c": TEXTS,
    "Serial__c": TEXTS,
    "Key__c": TEXTS,
    "Number__c": (1, 2, 3, 4, None, 999_999, 1_000_000),
    "Price__c": PRICES,
    "Cost__c": PRICES,
    "Status__c": ("Open", "Closed", "closed", None, "Open", "Lost"),
    "RecordTypeId": ("Hand", "Power", None),
}


class DmlStorm(RuleBasedStateMachine):
    """Calls in any order on an org of ``schema``."""

    schema: ClassVar[Schema]

    def __init__(self) -> None:
        super().__init__()
        self.org = Org(self.schema, OrgSettings(clock_start=NOW))
        self.callers = [Caller(self.org.token, 60), Caller(None, 60)]
        self.users = [self.org.administrator_id, self.login()]
        self.record_types = self._record_types()
        self.state = State(self.dump())

    def teardown(self) -> None:
        self.org.close()

    def login(self) -> str:
        """Open a session for the second user, which ends in time."""
        session = self.org.run(op.Login("other@x.example", "p"), Caller(None, 60))
        self.callers[1] = Caller(session.session_id, 60)
        return str(session.user_id)

    def _record_types(self) -> dict[str, str]:
        result = self.run(op.Query("SELECT Id, DeveloperName FROM RecordType WHERE SobjectType = 'Tool__c'"))
        places = {member.name: member.index for member in result.shape.members}
        return {row[places["DeveloperName"]]: row[places["Id"]] for row in result.rows}

    def run(self, operation: op.Operation, user: int = 0) -> Any:
        return self.org.run(operation, self.callers[user])

    # --- what is there

    def dump(self) -> Rows:
        """Give every row of every sObject, deleted ones included, by sObject and Id."""
        return {name: self._rows(name, shape) for name, shape in SHAPES.items()}

    def _rows(self, name: str, shape: Shape) -> dict[str, dict[str, Any]]:
        fields = ("Id", "IsDeleted", "CreatedDate", *STAMPS, *shape.fields, *(key for key, _ in shape.references))
        result = self.run(op.QueryAll(f"SELECT {', '.join(fields)} FROM {name}", 2000))
        if result.shape is None:
            return {}
        places = {member.name: member.index for member in result.shape.members}
        return {row[places["Id"]]: {key: row[place] for key, place in places.items()} for row in result.rows}

    # --- drawing

    def pick(self, dice: Random, sobject: str, deleted: bool = False) -> str | None:
        """Draw the Id of a row: one of the last few that live, or are deleted; mostly of the first kind if it may."""
        rows = self.state.rows[sobject]
        there = [key for key, row in rows.items() if bool(row["IsDeleted"]) is deleted] or list(rows)
        return dice.choice(there[-6:]) if there else None

    def values(self, dice: Random, sobject: str, whole: bool) -> dict[str, Any]:
        shape = SHAPES[sobject]
        masters = [key for key, _ in shape.masters]
        plain = [name for name in shape.fields if name in VALUES and not (shape.number and name == "Name")]
        plain += [key for key, _ in shape.references if key not in masters or not whole]
        names = dice.sample(plain, dice.randint(0 if whole else 1, min(4, len(plain))))
        needed = [*masters, *(name for name in ("Name", "LastName") if name in shape.fields and not shape.number)]
        drawn = dict.fromkeys([*(needed if whole else ()), *names])
        return {name: self._value(dice, shape, name) for name in drawn}

    def _value(self, dice: Random, shape: Shape, name: str) -> Any:
        target = dict(shape.references).get(name)
        if target is not None:
            return self.pick(dice, target, deleted=dice.random() < 0.05)
        value = dice.choice(VALUES[name])
        return self.record_types.get(value) if name == "RecordTypeId" else value

    def record(self, dice: Random, sobject: str, whole: bool) -> InputRecord:
        values = self.values(dice, sobject, whole)
        nulls = tuple(name for name, value in values.items() if value is None)
        given = {name: value for name, value in values.items() if value is not None}
        return InputRecord(sobject, given, None if whole else self.pick(dice, sobject), nulls)

    def ids(self, dice: Random, deleted: bool, sobjects: Sequence[str] = ()) -> tuple[str, ...]:
        names = sobjects or dice.choices(ORDER, k=dice.randint(1, 3))
        return tuple(found for name in names if (found := self.pick(dice, name, deleted)) is not None)

    # --- calls

    def call(self, operation: Any, user: int, all_or_none: bool) -> list[Any]:
        """Run a call, and hold its results to what became of the rows."""
        before = self.state.rows
        results = list(self.run(operation, user))
        after = self.dump()
        if (all_or_none and not all(each.success for each in results)) or not any(each.success for each in results):
            assert after == before, "a call that failed as a whole changes nothing"
        created = {each.id for each in results if each.success and getattr(each, "created", False)}
        assert self.state.new_ids(after) == created
        self.state.follow(after, undeletes=isinstance(operation, op.Undelete))
        return results

    @initialize(seed=seeds)
    def begin(self, seed: int) -> None:
        """Have three of each, the parents first."""
        dice = Random(seed)
        for name in ORDER:
            self.call(op.Create(tuple(self.record(dice, name, True) for _ in range(3))), 0, False)

    @rule(seed=seeds)
    def create(self, seed: int) -> None:
        dice = Random(seed)
        self._create(dice, dice.choice(ORDER))

    def _create(self, dice: Random, sobject: str) -> None:
        records = tuple(self.record(dice, sobject, True) for _ in range(dice.randint(1, 4)))
        all_or_none = dice.random() < RARELY
        self.call(op.Create(records, all_or_none), dice.randrange(2), all_or_none)

    @rule(seed=seeds)
    def update(self, seed: int) -> None:
        dice = Random(seed)
        self._update(dice, dice.choices(ORDER, k=dice.randint(1, 3)))

    def _update(self, dice: Random, sobjects: Sequence[str]) -> None:
        records = tuple(self.record(dice, sobject, False) for sobject in sobjects)
        all_or_none, user = dice.random() < RARELY, dice.randrange(2)
        results = self.call(op.Update(records, all_or_none), user, all_or_none)
        for record, result in zip(records, results, strict=True):
            if result.success:
                assert self.state.rows[record.type][result.id]["LastModifiedById"] == self.users[user]

    @rule(seed=seeds)
    def upsert(self, seed: int) -> None:
        dice = Random(seed)
        sobject = dice.choice(ORDER)
        key = dice.choice(SHAPES[sobject].upsert_keys)
        records = []
        for _ in range(dice.randint(1, 3)):
            record = self.record(dice, sobject, True)
            values = {name: value for name, value in record.values.items() if name != key}
            if key != "Id":
                values[key] = dice.choice([value for value in VALUES[key] if value is not None])
            records.append(InputRecord(sobject, values, self.pick(dice, sobject) if key == "Id" else None))
        all_or_none = dice.random() < RARELY
        self.call(op.Upsert(key, tuple(records), all_or_none), dice.randrange(2), all_or_none)

    @rule(seed=seeds)
    def delete(self, seed: int) -> None:
        dice = Random(seed)
        self._delete(dice, self.ids(dice, deleted=False))

    def _delete(self, dice: Random, ids: tuple[str, ...]) -> None:
        all_or_none = dice.random() < RARELY
        for result in self.call(op.Delete(ids, all_or_none), dice.randrange(2), all_or_none):
            assert not result.success or self.state.row(result.id)["IsDeleted"]

    @rule(seed=seeds)
    def undelete(self, seed: int) -> None:
        dice = Random(seed)
        self._undelete(dice, self.ids(dice, deleted=True))

    def _undelete(self, dice: Random, ids: tuple[str, ...]) -> None:
        all_or_none = dice.random() < RARELY
        for result in self.call(op.Undelete(ids, all_or_none), dice.randrange(2), all_or_none):
            assert not result.success or not self.state.row(result.id)["IsDeleted"]

    @rule(seed=seeds)
    def delete_and_undelete(self, seed: int) -> None:
        """What a delete does its undelete undoes, but for the stamps."""
        dice = Random(seed)
        found, before = self.pick(dice, dice.choice(ORDER)), self.state.rows
        if found is None or self.state.row(found)["IsDeleted"]:
            return
        (deleted,) = self.call(op.Delete((found,)), 0, False)
        if deleted.success:
            (restored,) = self.call(op.Undelete((found,)), 1, False)
            assert restored.success, restored.errors
            assert _unstamped(self.state.rows) == _unstamped(before)

    @rule(seed=seeds)
    def empty_recycle_bin(self, seed: int) -> None:
        dice = Random(seed)
        found = self.pick(dice, dice.choice(ORDER), deleted=dice.random() < 0.5)
        if found is not None:
            (emptied,) = self.call(op.EmptyRecycleBin((found,)), 0, False)
            if emptied.success:
                (undeleted,) = self.call(op.Undelete((found,)), 0, False)
                assert not undeleted.success

    @rule(seed=seeds)
    def merge(self, seed: int) -> None:
        dice = Random(seed)
        self._merge(dice, dice.choice(["Account", "Contact", "Account", "Tool__c"]), dice.randint(1, 2))

    def _merge(self, dice: Random, sobject: str, losers: int) -> None:
        ids = tuple(str(self.pick(dice, sobject)) for _ in range(losers))
        record = self.record(dice, sobject, False)
        (result,) = self.call(op.Merge((MergeRequest(record, ids),)), dice.randrange(2), False)
        for loser in ids if result.success else ():
            row = self.state.rows[sobject][loser]
            assert (row["MasterRecordId"], bool(row["IsDeleted"])) == (record.id, True)
            assert not self.state.children_of(sobject, loser)

    @rule(seed=seeds)
    def savepoint(self, seed: int) -> None:
        """What happens under a savepoint has never happened."""
        before = self.state.copy()
        with self.org.savepoint():
            self._anything(Random(seed))
        self.state = before
        assert self.dump() == before.rows

    @rule(seed=seeds, fails=st.booleans())
    def transaction(self, seed: int, fails: bool) -> None:
        """Several calls in one transaction are kept together, or not at all."""
        before = self.state.copy()
        try:
            with self.org.transaction():
                self._anything(Random(seed))
                if fails:
                    raise InterruptedError
        except InterruptedError:
            self.state = before
            assert self.dump() == before.rows

    def _anything(self, dice: Random) -> None:
        steps: Sequence[Callable[[], None]] = (
            lambda: self._create(dice, dice.choice(ORDER)),
            lambda: self._update(dice, dice.choices(ORDER, k=2)),
            lambda: self._delete(dice, self.ids(dice, deleted=False)),
            lambda: self._undelete(dice, self.ids(dice, deleted=True)),
            lambda: self._merge(dice, "Account", 1),
        )
        for step in dice.choices(steps, k=dice.randint(1, 3)):
            step()

    @rule(seconds=st.sampled_from([1, 29, 60, 3600]))
    def advance(self, seconds: int) -> None:
        self.org.clock.advance(seconds)
        self.login()

    @rule(seed=seeds)
    def replicate(self, seed: int) -> None:
        """A window of time tells of the records whose last change lies in it, its end not."""
        dice = Random(seed)
        spent = int((self.org.clock.now() - NOW).total_seconds()) // 60 + 2
        first, last = sorted(dice.sample(range(-1, spent + 2), 2))
        start, end = (NOW.replace(second=0) + timedelta(minutes=minutes) for minutes in (first, last))
        if end - start < timedelta(minutes=2):
            return
        for name, rows in self.state.rows.items():
            within = {
                key: row["IsDeleted"]
                for key, row in rows.items()
                if start <= datetime.fromisoformat(row["SystemModstamp"]) < end
            }
            updated = set(self.run(op.GetUpdated(name, start, end)).ids)
            deleted = {each.id for each in self.run(op.GetDeleted(name, start, end)).deleted_records}
            assert updated == {key for key, is_deleted in within.items() if not is_deleted}
            assert deleted == {key for key, is_deleted in within.items() if is_deleted}

    # --- what always holds

    @invariant()
    def the_rows_fit_together(self) -> None:
        faults = faults_of(self.state.rows)
        assert not faults, faults

    @invariant()
    def counts_add_up(self) -> None:
        for name, rows in self.state.rows.items():
            living = sum(not row["IsDeleted"] for row in rows.values())
            counted = self.run(op.Query(f"SELECT COUNT() FROM {name}")).size
            in_all = self.run(op.QueryAll(f"SELECT COUNT() FROM {name}")).size
            told = self.run(op.CountRecords((name,))).get(name, 0)
            assert (counted, in_all, told) == (living, len(rows), living), (name, counted, in_all, told, living)

    @invariant()
    def replication_tells_what_happened(self) -> None:
        now = self.org.clock.now()
        start, end = NOW - timedelta(minutes=1), now + timedelta(minutes=2)
        for name, rows in self.state.rows.items():
            updated = set(self.run(op.GetUpdated(name, start, end)).ids)
            assert updated == {key for key, row in rows.items() if not row["IsDeleted"]}, (name, updated)
            deleted = {each.id for each in self.run(op.GetDeleted(name, start, end)).deleted_records}
            assert deleted == {key for key, row in rows.items() if row["IsDeleted"]}, (name, deleted)


def _unstamped(rows: Rows) -> Rows:
    return {
        name: {key: {field: value for field, value in row.items() if field not in STAMPS} for key, row in each.items()}
        for name, each in rows.items()
    }
