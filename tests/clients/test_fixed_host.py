"""Clients that always go to Salesforce's own hosts, unmodified: the proxy's variables in their environment do it all.

Each script is what a user would write. It runs in a process of its own, which knows nothing of the mock.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from mockorg_server.app import build_app
from mockorg_server.core.connected_app import ConnectedApp
from mockorg_server.core.host import Host
from mockorg_server.core.setting import OrgSettings, UserSetting
from mockorg_server.listener import Listeners

from .test_node import node_modules  # noqa: F401  # a fixture

SIMPLE = """
from simple_salesforce import Salesforce
user = {"username": "a@x.example"}
app = {"consumer_key": "app", "consumer_secret": "s"}
for given in (
    {**user, "password": "pw", "security_token": "TOK"},
    {**user, **app, "password": "pwTOK"},
    {**user, "consumer_key": "app", "privatekey_file": "key.pem"},
    {**app, "domain": "acme.my"},
):
    sf = Salesforce(version="60.0", **given)
    found = sf.query("SELECT Username FROM User WHERE Id = '" + sf.oauth2("userinfo")["user_id"] + "'")
    print(sf.sf_instance, found["records"][0]["Username"])
"""
AIO = """
import asyncio, httpx
from aiosalesforce import ClientCredentialsFlow, JwtBearerFlow, Salesforce, SoapLogin
async def main():
    async with httpx.AsyncClient() as client:
        for auth in (
            ClientCredentialsFlow("app", "s"),
            JwtBearerFlow("app", "a@x.example", "key.pem"),
            SoapLogin("a@x.example", "pw", "TOK"),
        ):
            sf = Salesforce(client, base_url="https://acme.my.salesforce.com", auth=auth, version="60.0")
            reply = await sf.request("GET", sf.base_url + "/services/oauth2/userinfo")
            query = f"SELECT Username FROM User WHERE Id = '{reply.json()['user_id']}'"
            print(reply.url.host, [row async for row in sf.query(query)][0]["Username"])
asyncio.run(main())
"""
ZEEP = """
import zeep
partner = "{urn:partner.soap.sforce.com}"
client = zeep.Client("https://login.salesforce.com/services/wsdl/partner")
def bind(url):
    return client.create_service(partner + "SoapBinding", url)
login = bind("https://login.salesforce.com/services/Soap/u/60.0").login("a@x.example", "pwTOK")
header = {"SessionHeader": client.get_element(partner + "SessionHeader")(sessionId=login.sessionId)}
answer = bind(login.serverUrl).query("SELECT Username FROM User WHERE Username = 'a@x.example'", _soapheaders=header)
print(login.serverUrl.split("/")[2], answer.body.result.records[0]["_value_1"][-1].text)
"""
SDK = """
import mockorg
user = {"username": "a@x.example"}
for given in (
    {**user, "password": "pw", "security_token": "TOK", "api": "rest"},
    {**user, "client_id": "app", "private_key": open("key.pem").read()},
):
    with mockorg.connect("https://login.salesforce.com", **given) as org:
        print(org.instance_url.partition("//")[2], org.get_user_info().user_name)
"""
LOGIN, MY = "login.salesforce.com a@x.example\n", "acme.my.salesforce.com a@x.example\n"
SCRIPTS = {
    "simple-salesforce": (SIMPLE, LOGIN * 3 + MY),
    "aiosalesforce": (AIO, MY * 3),
    "zeep": (ZEEP, LOGIN),
    "the SDK": (SDK, LOGIN * 2),
}
JSFORCE = """
const jsforce = require("jsforce");
(async () => {
  const oauth2 = {clientId: "app", clientSecret: "s", redirectUri: "http://localhost/callback"};
  const connection = new jsforce.Connection({httpProxy: process.env.HTTPS_PROXY, oauth2});
  await connection.login("a@x.example", "pwTOK");
  const me = await connection.identity();
  const found = await connection.query(`SELECT Username FROM User WHERE Id = '${me.user_id}'`);
  console.log(new URL(connection.instanceUrl).host, found.records[0].Username);
})();
"""


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory, key: rsa.RSAPrivateKey) -> Iterator[dict[str, str]]:
    """What a process needs in its environment."""
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    settings = OrgSettings(
        users=(UserSetting("a@x.example", "pw", "TOK"),), connected_apps=(ConnectedApp("app", "s", public),)
    )
    host = Host.open(settings)
    listeners = Listeners(proxy_port=0, data_folder=tmp_path_factory.mktemp("data"))
    listeners.start(build_app(host))
    yield {**os.environ, **listeners.environment}
    listeners.stop()
    host.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, key: rsa.RSAPrivateKey) -> Path:
    place = tmp_path_factory.mktemp("scripts")
    (place / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return place


def run(*command: str, cwd: Path, env: dict[str, str]) -> str:
    ended = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.mark.parametrize(("script", "told"), SCRIPTS.values(), ids=SCRIPTS)
def test_python(environment: dict[str, str], folder: Path, script: str, told: str) -> None:
    assert run(sys.executable, "-c", script, cwd=folder, env=environment) == told


def test_jsforce(environment: dict[str, str], node_modules: Path) -> None:  # noqa: F811  # the fixture
    assert run("node", "-e", JSFORCE, cwd=node_modules.parent, env=environment) == LOGIN
