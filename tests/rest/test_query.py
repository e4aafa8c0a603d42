"""SOQL and SOSL over REST: pages, aggregates, columns, plans."""

from .conftest import RestClient


def test_pages(rest: RestClient) -> None:
    for start in range(0, 450, 150):
        records = [{"attributes": {"type": "Account"}, "Name": f"{n:03}"} for n in range(start, start + 150)]
        assert all(each["success"] for each in rest("POST /composite/sobjects", {"records": records}).value)
    soql = {"q": "SELECT Name FROM Account ORDER BY Name"}
    first = rest("GET /query/", query=soql, **{"Sforce-Query-Options": "batchSize=200"}).value
    assert (first["totalSize"], first["done"], len(first["records"])) == (450, False, 200)
    assert first["nextRecordsUrl"].startswith("/services/data/v60.0/query/0r8")
    second = rest(f"GET {first['nextRecordsUrl']}", **{"Sforce-Query-Options": "batchSize=200"}).value
    third = rest(f"GET {second['nextRecordsUrl']}", **{"Sforce-Query-Options": "batchSize=200"}).value
    assert (third["done"], len(third["records"]), "nextRecordsUrl" in third) == (True, 50, False)
    assert [each["Name"] for each in second["records"]][:2] == ["200", "201"]


def test_counts_and_aggregates(rest: RestClient) -> None:
    for name in ("a", "b"):
        rest.make("Account", Name=name, Industry="Energy")
    counted = rest("GET /query", query={"q": "SELECT COUNT() FROM Account"}).value
    assert counted == {"totalSize": 2, "done": True, "records": []}
    grouped = rest.query("SELECT Industry, COUNT(Id), MAX(Name) newest FROM Account GROUP BY Industry")
    assert grouped == [{"attributes": {"type": "AggregateResult"}, "Industry": "Energy", "expr0": 2, "newest": "b"}]


def test_parents_and_children(rest: RestClient) -> None:
    account = rest.make("Account", Name="Acme")
    contact = rest.make("Contact", LastName="Ada", AccountId=account)
    rest.make("Account", Name="Empty")
    acme, empty = rest.query("SELECT Name, (SELECT LastName FROM Contacts) FROM Account ORDER BY Name")
    assert acme["Contacts"]["records"][0]["attributes"]["url"] == f"/services/data/v60.0/sobjects/Contact/{contact}"
    assert (acme["Contacts"]["totalSize"], empty["Contacts"]) == (1, None)
    [record] = rest.query("SELECT Account.Name, Owner.Name FROM Contact")
    assert record["Account"]["attributes"] == {
        "type": "Account",
        "url": f"/services/data/v60.0/sobjects/Account/{account}",
    }


def test_deleted_records_in_query_all(rest: RestClient) -> None:
    record_id = rest.make("Account", Name="Gone")
    rest(f"DELETE /sobjects/Account/{record_id}")
    reply = rest("GET /queryAll", query={"q": "SELECT Name, IsDeleted FROM Account"}).value
    assert [(each["Name"], each["IsDeleted"]) for each in reply["records"]] == [("Gone", True)]


def test_columns(rest: RestClient) -> None:
    soql = "SELECT Id, Name, Owner.Name, NumberOfEmployees, (SELECT LastName FROM Contacts) FROM Account"
    value = rest("GET /query", query={"q": soql, "columns": "true"}).value
    assert (value["entityName"], value["keyPrefix"], value["idSelected"], value["groupBy"]) == (
        "Account",
        "001",
        True,
        False,
    )
    names = [column["columnName"] for column in value["columnMetadata"]]
    assert names == ["Id", "Name", "Owner", "NumberOfEmployees", "Contacts"]
    assert value["columnMetadata"][2]["joinColumns"][0]["columnName"] == "Name"
    assert value["columnMetadata"][3]["numberType"] is True
    assert value["columnMetadata"][0]["apexType"] == "Id"


def test_a_plan_is_the_database_s_own(rest: RestClient) -> None:
    for number in range(60):
        rest.make("Account", Name=f"a{number}")
    by_name = rest("GET /query", query={"explain": "SELECT Id FROM Account WHERE Name = 'a7'"}).value
    [plan] = by_name["plans"]
    assert (plan["leadingOperationType"], plan["fields"], plan["cardinality"], plan["sobjectCardinality"]) == (
        "Index",
        ["Name"],
        1,
        60,
    )
    [plan] = rest("GET /query", query={"explain": "SELECT Id FROM Account WHERE Site = 'x'"}).value["plans"]
    assert (plan["leadingOperationType"], plan["fields"]) == ("TableScan", [])


def test_search(rest: RestClient) -> None:
    rest.make("Account", Name="Acme Corporation")
    found = rest("GET /search", query={"q": "FIND {corp*} RETURNING Account(Id, Name)"}).value
    assert [each["Name"] for each in found["searchRecords"]] == ["Acme Corporation"]
    body = {"q": "acme", "fields": ["Name"], "sobjects": [{"name": "Account", "limit": 5}], "in": "NAME"}
    assert rest("POST /parameterizedSearch", body).value == found | {
        "searchRecords": [{key: found["searchRecords"][0][key] for key in ("attributes", "Name")}]
    }
    assert len(rest("GET /parameterizedSearch?q=acme&sobject=Account&fields=Name").value["searchRecords"]) == 1
