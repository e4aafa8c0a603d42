// jsforce, unmodified: its SOAP API and its SOAP logins. MOCKORG_URL tells where the mock org is.
"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const jsforce = require("jsforce");

const loginUrl = process.env.MOCKORG_URL;
const strictUrl = process.env.STRICT_URL; // a mock org that only known@example.com may enter
const version = "60.0";
const NOT_BUILT = /FUNCTIONALITY_NOT_ENABLED: mockorg does not support/;

async function connected() {
  const connection = new jsforce.Connection({ loginUrl, version });
  await connection.loginBySoap("user@example.com", "password");
  return connection;
}

test("a wrong login is refused", async () => {
  const connection = new jsforce.Connection({ loginUrl: strictUrl, version });
  const told = "INVALID_LOGIN: Invalid username, password, security token; or user locked out.";
  await assert.rejects(connection.loginBySoap("known@example.com", "wrong"), { message: told });
  assert.equal(connection.accessToken, undefined);
  await connection.loginBySoap("known@example.com", "right");
  assert.equal(connection.instanceUrl, strictUrl);
});

test("a login gives session, address and ids", async () => {
  const connection = new jsforce.Connection({ loginUrl, version });
  const user = await connection.loginBySoap("user@example.com", "password");
  assert.equal(connection.instanceUrl, loginUrl);
  assert.match(connection.accessToken, /^00D[0-9A-Za-z]{12}!/);
  assert.match(user.id, /^005[0-9A-Za-z]{15}$/);
  assert.match(user.organizationId, /^00D[0-9A-Za-z]{15}$/);
});

test("who and when", async () => {
  const { soap, userInfo } = await connected();
  const info = await soap.getUserInfo();
  assert.equal(info.userName, "user@example.com");
  assert.equal(info.userId, userInfo.id);
  assert.match(info.roleId, /^00E/);
  assert.equal(info.organizationMultiCurrency, false);
  const { timestamp } = await soap.getServerTimestamp();
  assert.match(timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});

test("a record is made, changed and deleted", async () => {
  const { soap } = await connected();
  const [created] = await soap.create([
    { type: "Account", Name: "JS & <Co>", Website: "http://x", NumberOfEmployees: 12, AnnualRevenue: 1.5 },
  ]);
  assert.equal(created.success, true);
  assert.deepEqual(created.errors, []);
  assert.match(created.id, /^001[0-9A-Za-z]{15}$/);
  const updated = await soap.update({ type: "Account", Id: created.id, Name: "JS 2", Website: null });
  assert.deepEqual([updated.id, updated.success], [created.id, true]);
  const [deleted] = await soap.delete([created.id]);
  assert.deepEqual([deleted.id, deleted.success], [created.id, true]);
  const again = await soap.delete(created.id);
  assert.deepEqual([again.id, again.success], [null, false]);
  assert.deepEqual(again.errors.map((error) => error.statusCode), ["ENTITY_IS_DELETED"]);
});

test("upsert by a key makes once and changes then", async () => {
  const { soap } = await connected();
  const contact = { type: "Contact", Email: "grace@example.com", LastName: "Hopper & <Co> 東京" };
  const [first] = await soap.upsert("Email", [contact]);
  const [second] = await soap.upsert("Email", [{ ...contact, FirstName: "Grace" }]);
  assert.deepEqual([first.created, first.success], [true, true]);
  assert.deepEqual([second.created, second.success, second.id], [false, true, first.id]);
});

test("a row that is refused tells why", async () => {
  const { soap } = await connected();
  const [bad, good] = await soap.create([{ type: "Account" }, { type: "Account", Name: "good" }]);
  assert.equal(bad.success, false);
  assert.deepEqual(bad.errors, [
    { fields: ["Name"], message: "Required fields are missing: [Name]", statusCode: "REQUIRED_FIELD_MISSING" },
  ]);
  assert.equal(good.success, true);
});

test("a call that is refused is an error with its code", async () => {
  const { soap } = await connected();
  await assert.rejects(soap.create([{ type: "Nope", Name: "x" }]), (error) => {
    assert.equal(error.errorCode, "sf:INVALID_TYPE");
    assert.match(error.message, /sObject type 'Nope' is not supported/);
    return true;
  });
});

test("calls that are not built are refused by name", async () => {
  const connection = await connected();
  const { soap } = connection;
  await assert.rejects(soap.describeTabs(), NOT_BUILT);
  await assert.rejects(soap.resetPassword("005000000000001AAA"), NOT_BUILT);
  await assert.rejects(connection.metadata.describe(), NOT_BUILT);
});

test("the same connection goes on over REST", async () => {
  const connection = await connected();
  const made = await connection.sobject("Account").create({ Name: "REST & Co" });
  assert.equal(made.success, true);
  const found = await connection.query(`SELECT Id, Name FROM Account WHERE Id = '${made.id}'`);
  assert.deepEqual([found.totalSize, found.done, found.records[0].Name], [1, true, "REST & Co"]);
  assert.equal((await connection.sobject("Account").retrieve(made.id)).Name, "REST & Co");
  assert.equal((await connection.sobject("Account").update({ Id: made.id, Name: "New" })).success, true);
  assert.equal((await connection.sobject("Account").destroy(made.id)).success, true);
  await assert.rejects(connection.sobject("Account").retrieve(made.id), /entity is deleted/);
  await assert.rejects(connection.query("SELECT Nope FROM Account"), /No such column 'Nope'/);
  assert.ok((await connection.describeGlobal()).sobjects.length > 1000);
  assert.match((await connection.identity()).organization_id, /^00D/);
});

test("a session that has ended is renewed by the client", async () => {
  const connection = new jsforce.Connection({ loginUrl, version });
  await connection.login("user@example.com", "password");
  const before = connection.accessToken;
  await new jsforce.Connection({ instanceUrl: loginUrl, accessToken: before, version }).logoutBySoap();
  assert.equal((await connection.soap.getUserInfo()).userName, "user@example.com");
  assert.notEqual(connection.accessToken, before);
});

test("logout ends the session", async () => {
  const connection = await connected();
  const { accessToken } = connection;
  await connection.logout();
  const other = new jsforce.Connection({ instanceUrl: loginUrl, accessToken, version });
  await assert.rejects(other.soap.getServerTimestamp(), { errorCode: "sf:INVALID_SESSION_ID" });
});
