"""What a save brings about beyond the row itself: ``cases/life/*.json``, one story after the other on a fresh org.

A story is a row of steps. ``create`` names an sObject, ``update`` an sObject and ``id``; both have ``values``. ``delete``
and ``undelete`` name an id. ``as`` names the record that a step made: ``@name`` stands for its id later on, ``@name:15``
for the short form. ``standardBook`` is the standard price book, ``me`` the caller, ``profile``
the one profile. ``refused`` is the code of the error
that a step must meet, or code and message, or code, message and fields; without it the step succeeds. ``rows`` is a
query whose rows (without Id, unless it begins with Id) are ``are``. ``wait`` moves the clock on, in seconds.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mockorg_server.core.calls.operation import Create, Delete, GetUpdated, Query, Undelete, Update
from mockorg_server.core.org import Org
from mockorg_server.core.record import InputRecord

FOLDER = Path(__file__).parent / "cases" / "life"
STORIES = [
    pytest.param(story, id=f"{file.stem}: {story['story']}")
    for file in sorted(FOLDER.glob("*.json"))
    for story in json.loads(file.read_text(encoding="utf-8"))["stories"]
]

Run = Callable[..., Any]


class Stage:
    """Plays the steps of one story."""

    def __init__(self, org: Org, run: Run) -> None:
        self._org, self._run = org, run
        book = run(Query("SELECT Id FROM Pricebook2 WHERE IsStandard = true")).rows[0][0]
        (profile,) = (row[0] for row in run(Query("SELECT Id FROM Profile")).rows)
        self._ids = {"me": org.administrator_id, "standardBook": book, "profile": profile}

    def named(self, value: Any) -> Any:
        """Put ids in the places of names."""
        if isinstance(value, str):
            return re.sub(r"@(\w+)(:15)?", self._id_for, value)
        if isinstance(value, list):
            return [self.named(each) for each in value]
        return {key: self.named(each) for key, each in value.items()} if isinstance(value, dict) else value

    def _id_for(self, match: re.Match[str]) -> str:
        known = self._ids.get(match[1])
        return match[0] if known is None else known[:15] if match[2] else known

    def play(self, step: dict[str, Any]) -> None:
        if "rows" in step:
            self.look(step)
        elif "wait" in step:
            self._org.clock.advance(step["wait"])
        elif "updated" in step:
            self.replicate(step)
        else:
            self.save(step)

    def save(self, step: dict[str, Any]) -> None:
        values = self.named(step.get("values", {}))
        if "create" in step:
            (result,) = self._run(Create((InputRecord(step["create"], values),)))
        elif "update" in step:
            (result,) = self._run(Update((InputRecord(step["update"], values, self.named(step["id"])),)))
        else:
            call = Delete if "delete" in step else Undelete
            (result,) = self._run(call((self.named(step.get("delete") or step["undelete"]),)))
        met = [(error.code, error.message, list(error.fields)) for error in result.errors]
        if "refused" not in step:
            assert met == [], step
        else:
            expected = self.named(step["refused"])
            expected = [expected] if isinstance(expected, str) else expected
            assert [list(error[: len(expected)]) for error in met] == [expected], step
        if "as" in step:
            self._ids[step["as"]] = result.id

    def look(self, step: dict[str, Any]) -> None:
        soql = self.named(step["rows"])
        start = 0 if soql.startswith("SELECT Id") or "(" in soql.split(" FROM ")[0] else 1
        rows = [list(row[start:]) for row in self._run(Query(soql)).rows]
        assert rows == self.named(step["are"]), step

    def replicate(self, step: dict[str, Any]) -> None:
        """Ask getUpdated() about the last minute."""
        now = self._org.clock.now()
        start = now.replace(second=0)
        result = self._run(GetUpdated(step["updated"], start, start.replace(minute=start.minute + 1)))
        assert list(result.ids) == self.named(step["are"]), step


@pytest.mark.parametrize("story", STORIES)
def test_story(story: dict[str, Any], org: Org, run: Run) -> None:
    stage = Stage(org, run)
    for step in story["steps"]:
        stage.play(step)
