"""The forms of a seed file, and what is said when one is wrong: always the file and the place in it."""

import json
from pathlib import Path

import pytest

from mockorg_server.control.seed_document import SeedDocumentError, read_seed_file
from mockorg_server.core.seed import SeedRecord


def child_field(sobject_name: str, relationship_name: str) -> str | None:
    return {("Account", "Contacts"): "AccountId", ("Contact", "Cases"): "ContactId"}.get(
        (sobject_name, relationship_name)
    )


def read(folder: Path, name: str, content: object) -> list[SeedRecord]:
    write(folder, name, content)
    return read_seed_file(folder / name, child_field)


def write(folder: Path, name: str, content: object) -> None:
    data = content if isinstance(content, str | bytes) else json.dumps(content)
    (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())


def complaint_about(folder: Path, name: str, content: object) -> str:
    with pytest.raises(SeedDocumentError) as caught:
        read(folder, name, content)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(str(folder))
    return message.removeprefix(f"{folder}/")


def test_tree(tmp_path: Path) -> None:
    tree = {
        "records": [
            {"attributes": {"type": "Account", "referenceId": "a", "url": "/x"}, "Name": "Acme", "IsDeleted": True}
        ]
    }

    [record] = read(tmp_path, "any.json", tree)

    assert record == SeedRecord("Account", {"Name": "Acme", "IsDeleted": True}, "a")
    assert record.source == f"{tmp_path}/any.json record 1"


def test_children_nested_in_a_tree_point_at_their_parents(tmp_path: Path) -> None:
    case = {"attributes": {"type": "Case"}, "Subject": "s"}
    contact = {"attributes": {"type": "Contact", "referenceId": "c"}, "LastName": "l", "Cases": {"records": [case]}}
    account = {"attributes": {"type": "Account"}, "Name": "n", "Contacts": {"records": [contact]}}

    records = read(tmp_path, "tree.json", {"records": [account]})

    reference = records[0].reference_id
    assert reference
    assert records == [
        SeedRecord("Account", {"Name": "n"}, reference),
        SeedRecord("Contact", {"LastName": "l", "AccountId": f"@{reference}"}, "c"),
        SeedRecord("Case", {"Subject": "s", "ContactId": "@c"}),
    ]
    assert records[2].source == f"{tmp_path}/tree.json record 1, Contacts record 1, Cases record 1"


def test_json_per_object(tmp_path: Path) -> None:
    records = read(tmp_path, "Account.json", [{"Name": "a", "NumberOfEmployees": 3}, {"Name": None}])

    assert records == [
        SeedRecord("Account", {"Name": "a", "NumberOfEmployees": 3}),
        SeedRecord("Account", {"Name": None}),
    ]


def test_csv_per_object(tmp_path: Path) -> None:
    text = (
        '\ufeffreferenceId,Name,Description\r\na,"Acme, Inc.","two\r\nlines \u2028 and ""quotes"""\r\n\r\n,Other,\r\n'
    )

    records = read(tmp_path, "Account.csv", text)

    assert records == [
        SeedRecord("Account", {"Name": "Acme, Inc.", "Description": 'two\r\nlines \u2028 and "quotes"'}, "a"),
        SeedRecord("Account", {"Name": "Other", "Description": None}),
    ]
    assert records[1].source == f"{tmp_path}/Account.csv line 5"


def test_plan(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    write(
        tmp_path,
        "data/Accounts.json",
        {"records": [{"attributes": {"type": "Account", "referenceId": "a"}, "Name": "n"}]},
    )
    write(tmp_path, "data/contact-rows.csv", "LastName,AccountId\nl,@a\n")
    plan = [
        {"sobject": "Account", "saveRefs": True, "resolveRefs": False, "files": ["data/Accounts.json"]},
        {"sobject": "Contact", "files": [{"file": "data/contact-rows.csv"}]},
    ]

    records = read(tmp_path, "plan.json", plan)

    assert records == [
        SeedRecord("Account", {"Name": "n"}, "a"),
        SeedRecord("Contact", {"LastName": "l", "AccountId": "@a"}),
    ]


def test_parents_by_a_field_of_them(tmp_path: Path) -> None:
    csv = "LastName,Account.ExtId__c,User:Owner.Username\nRoe,A-1,u@x.y\nDoe,,\n"
    owner = {"attributes": {"type": "User"}, "Username": "u@x.y"}

    assert read(tmp_path, "Contact.csv", csv) == [
        SeedRecord("Contact", {"LastName": "Roe", "Account": {"ExtId__c": "A-1"}, "Owner": owner}),
        SeedRecord("Contact", {"LastName": "Doe"}),
    ]
    assert read(tmp_path, "Contact.json", [{"LastName": "Roe", "Account": {"ExtId__c": "A-1"}}]) == [
        SeedRecord("Contact", {"LastName": "Roe", "Account": {"ExtId__c": "A-1"}})
    ]


def test_an_empty_seed_is_no_record(tmp_path: Path) -> None:
    assert read(tmp_path, "a.json", {"records": []}) == read(tmp_path, "Account.json", []) == []
    assert read(tmp_path, "Account.csv", "Name\n") == []


ACCOUNT = {"attributes": {"type": "Account"}, "Name": "n"}


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("a.xml", "<a/>", "a.xml: a seed file ends in .json or .csv"),
        ("a.json", "{", "a.json: not JSON"),
        ("a.json", b"\xff\xfe", "a.json: not UTF-8 at byte 0"),
        ("a.json", "[" * 100_000, "a.json: nested too deeply"),
        ("a.json", '{"records": [{"x": Infinity}]}', "Infinity"),
        ("a.json", {"rows": []}, "a.json: a seed in tree form is"),
        ("a.json", "7", "a.json: a seed in tree form is"),
        ("a.json", {"records": [], "done": True}, "a.json: unknown key 'done'"),
        ("a.json", {"records": [ACCOUNT, 7]}, "a.json record 2: not an object"),
        ("a.json", {"records": [{"Name": "n"}]}, "a.json record 1: attributes must name the type"),
        ("a.json", {"records": [{"attributes": 7}]}, "a.json record 1: attributes must be an object"),
        ("a.json", {"records": [{"attributes": {"type": 7}}]}, "a.json record 1: attributes must name the type"),
        (
            "a.json",
            {"records": [{"attributes": {"type": "Account", "ref": "a"}}]},
            "a.json record 1: unknown attribute 'ref'",
        ),
        (
            "a.json",
            {"records": [{"attributes": {"type": "Account", "referenceId": 7}}]},
            "a.json record 1: referenceId",
        ),
        ("a.json", {"records": [ACCOUNT | {"Tags": ["x"]}]}, "a.json record 1: Tags is a list"),
        ("a.json", {"records": [ACCOUNT | {"name": "m"}]}, "a.json record 1: the field name stands twice"),
        (
            "a.json",
            {"records": [ACCOUNT | {"Kontakte": {"records": []}}]},
            "a.json record 1: Account has no child relationship",
        ),
        ("Account.json", [{"Name": "n"}, "x"], "Account.json record 2: not an object"),
        ("Account.csv", "", "Account.csv line 1"),
        ("Account.csv", "Name,\nn,m\n", "Account.csv line 1: the first line must name a field in every column"),
        ("Account.csv", "Name,name\nn,m\n", "Account.csv line 1: the field name stands twice"),
        ("Account.csv", "Name\na\nb,c\n", "Account.csv line 3: 2 cells under a header of 1"),
        ("Account.csv", 'Name\n"a"b\n', "Account.csv line 2:"),
        ("plan.json", [{"sobject": "Account", "files": ["no.json"]}], "no.json: No such file"),
        ("plan.json", [{"sobject": "Account", "files": []}], "plan.json: step 1: files must be a list"),
        ("plan.json", [{"sobject": "", "files": ["a"]}], "plan.json: step 1: sobject"),
        ("plan.json", [{"sobject": "Account", "files": [7]}], "plan.json: step 1: 7 is not a file name"),
        ("plan.json", [{"sobject": "Account", "files": ["a"], "refs": 1}], "plan.json: step 1: unknown key 'refs'"),
        ("plan.json", [{"sobject": "Account", "files": ["plan.json"]}], "plan.json: a plan cannot name another plan"),
    ],
)
def test_a_wrong_seed_says_where_and_what(tmp_path: Path, name: str, content: object, complaint: str) -> None:
    assert complaint in complaint_about(tmp_path, name, content)


def test_children_do_not_nest_without_end(tmp_path: Path) -> None:
    entry: dict[str, object] = {"attributes": {"type": "Account"}}
    for _ in range(6):
        entry = {"attributes": {"type": "Account"}, "Contacts": {"records": [entry]}}

    assert "deeper than 5 levels" in complaint_about(tmp_path, "a.json", {"records": [entry]})
