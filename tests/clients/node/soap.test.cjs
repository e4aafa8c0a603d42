// node-soap, unmodified, from the WSDL that the server serves. MOCKORG_URL tells where the mock org is.
"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const soap = require("soap");

const url = process.env.MOCKORG_URL;
const PARTNER = "urn:partner.soap.sforce.com";

async function connected() {
  const client = await soap.createClientAsync(`${url}/services/wsdl/partner`);
  const [{ result: login }] = await client.loginAsync({ username: "user@example.com", password: "password" });
  client.setEndpoint(login.serverUrl);
  client.addSoapHeader({ SessionHeader: { sessionId: login.sessionId } }, "", "tns", PARTNER);
  return { client, login };
}

function faultOf(error) {
  return error.root.Envelope.Body.Fault;
}

test("the WSDL has every operation at this server's address", async () => {
  const client = await soap.createClientAsync(`${url}/services/wsdl/partner`);
  const { Soap } = client.describe().SforceService;
  assert.ok(Object.keys(Soap).length >= 60);
  assert.deepEqual(Object.keys(Soap.login.input).slice(0, 2), ["username", "password"]);
  const { location } = Object.values(client.wsdl.definitions.services)[0].ports.Soap;
  assert.equal(location, `${url}/services/Soap/u/60.0`);
});

test("a wrong login is a fault", async () => {
  const client = await soap.createClientAsync(`${url}/services/wsdl/partner`);
  await assert.rejects(client.loginAsync({ username: "user@example.com", password: "" }), (error) => {
    assert.equal(error.response.status, 500);
    assert.equal(faultOf(error).faultcode, "sf:INVALID_LOGIN");
    assert.equal(faultOf(error).detail.LoginFault.exceptionCode, "INVALID_LOGIN");
    return true;
  });
});

test("a login gives session, address and user", async () => {
  const { client, login } = await connected();
  assert.match(login.sessionId, /^00D[0-9A-Za-z]{12}!/);
  assert.ok(login.serverUrl.startsWith(`${url}/services/Soap/u/60.0/00D`));
  assert.equal(login.passwordExpired, false);
  const [{ result: info }] = await client.getUserInfoAsync({});
  assert.equal(info.userName, "user@example.com");
  assert.equal(info.userId, login.userId);
});

test("a query has typed records", async () => {
  const { client } = await connected();
  const queryString = "SELECT Id, Name, TotalMessageCount, CompletedDate FROM ConvMessageSendRequest ORDER BY Name";
  const [{ result }, , header] = await client.queryAsync({ queryString });
  assert.deepEqual([result.done, result.size, result.records.length], [true, 3, 3]);
  const [first, second] = result.records;
  assert.equal(first.type, "ConvMessageSendRequest");
  assert.deepEqual(first.Id, [process.env.COMPLETED_ID, process.env.COMPLETED_ID]);
  assert.deepEqual([first.Name, first.TotalMessageCount], ["MSJ-00000001", "3"]);
  assert.equal(first.CompletedDate, "2026-01-31T09:30:00.000Z");
  assert.equal(second.CompletedDate, undefined); // node-soap leaves nulls of any elements out
  assert.equal(header.LimitInfoHeader.limitInfo.type, "API REQUESTS");
});

test("pages are walked with queryMore", async () => {
  const { client } = await connected();
  const sObjects = Array.from({ length: 201 }, (_, n) => ({ type: "Account", Name: `Page ${n}` }));
  for (const some of [sObjects.slice(0, 200), sObjects.slice(200)]) {
    const [{ result }] = await client.createAsync({ sObjects: some });
    assert.ok(result.every((saved) => saved.success));
  }
  client.addSoapHeader({ QueryOptions: { batchSize: 200 } }, "", "tns", PARTNER);
  const queryString = "SELECT Name FROM Account WHERE Name LIKE 'Page %'";
  const [{ result: first }] = await client.queryAsync({ queryString });
  assert.deepEqual([first.done, first.size, first.records.length], [false, 201, 200]);
  const [{ result: rest }] = await client.queryMoreAsync({ queryLocator: first.queryLocator });
  assert.deepEqual([rest.done, rest.size, rest.records.length], [true, 201, 1]);
});

test("a record is made, changed, read and deleted", async () => {
  const { client } = await connected();
  const account = { type: "Account", Name: "Node & <Co> 東京", Website: "http://x" };
  const [{ result: [created] }] = await client.createAsync({ sObjects: [account] });
  assert.equal(created.success, true);
  const change = { type: "Account", fieldsToNull: ["Website"], Id: created.id, Name: "Node 2" };
  const [{ result: [updated] }] = await client.updateAsync({ sObjects: [change] });
  assert.deepEqual([updated.id, updated.success], [created.id, true]);
  const wanted = { fieldList: "Name,Website", sObjectType: "Account", ids: [created.id] };
  const [{ result: [record] }] = await client.retrieveAsync(wanted);
  assert.equal(record.Name, "Node 2");
  assert.equal(record.Website, undefined);
  const [{ result: [deleted] }] = await client.deleteAsync({ ids: [created.id] });
  assert.equal(deleted.success, true);
});

test("upsert by a key makes once and changes then", async () => {
  const { client } = await connected();
  const contact = { type: "Contact", Email: "ida@example.com", LastName: "Rhodes" };
  const request = { externalIDFieldName: "Email", sObjects: [contact] };
  const [{ result: [first] }] = await client.upsertAsync(request);
  const [{ result: [second] }] = await client.upsertAsync(request);
  assert.deepEqual([first.created, second.created, second.id], [true, false, first.id]);
});

test("describes have their members", async () => {
  const { client } = await connected();
  const [{ result: account }] = await client.describeSObjectAsync({ sObjectType: "account" });
  assert.deepEqual([account.name, account.keyPrefix, account.createable], ["Account", "001", true]);
  const name = account.fields.find((field) => field.name === "Name");
  assert.deepEqual([name.type, name.length, name.nillable], ["string", 255, false]);
  const [{ result: all }] = await client.describeGlobalAsync({});
  assert.ok(all.sobjects.some((sobject) => sobject.name === "ConvMessageSendRequest"));
});

test("what changed in a window", async () => {
  const { client } = await connected();
  const window = {
    sObjectType: "ConvMessageSendRequest",
    startDate: "2026-01-31T09:00:00.000Z",
    endDate: "2026-01-31T12:00:00.000Z",
  };
  const [{ result: updated }] = await client.getUpdatedAsync(window);
  assert.deepEqual([updated.ids.length, updated.ids[0]], [3, process.env.COMPLETED_ID]);
  const [{ result: deleted }] = await client.getDeletedAsync(window);
  assert.deepEqual(
    deleted.deletedRecords.map((record) => record.deletedDate),
    [new Date("2026-01-31T11:30:05.000Z")],
  );
});

test("a call that is refused is a fault with its place", async () => {
  const { client } = await connected();
  await assert.rejects(client.queryAsync({ queryString: "SELECT Nope FROM Account" }), (error) => {
    assert.equal(faultOf(error).faultcode, "sf:INVALID_FIELD");
    const { row, column } = faultOf(error).detail.InvalidFieldFault;
    assert.deepEqual([row, column].map(String), ["1", "8"]);
    return true;
  });
});

test("calls that are not built are refused by name", async () => {
  const { client } = await connected();
  const call = client.describeTabsAsync({});
  await assert.rejects(call, /FUNCTIONALITY_NOT_ENABLED: mockorg does not support describeTabs\(\) yet/);
});

test("logout ends the session", async () => {
  const { client } = await connected();
  await client.logoutAsync({});
  await assert.rejects(client.getServerTimestampAsync({}), /sf:INVALID_SESSION_ID/);
});
