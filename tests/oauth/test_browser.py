"""The consent and device pages in a real browser. Their plain-HTTP form is tested beside, everywhere."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Queue
from typing import Any

import pytest

import mockorg
from mockorg_server.app import build_app
from mockorg_server.core.host import Host
from mockorg_server.core.setting import OrgSettings, UserSetting
from mockorg_server.http_server import HttpServer

from .chromium import Page, browsing, find_chromium

BROWSER = find_chromium()
pytestmark = pytest.mark.skipif(
    BROWSER is None,
    reason="NO BROWSER: the consent page is tried in none. Install Chromium, or name one by MOCKORG_TEST_BROWSER",
)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    host = Host.open(OrgSettings(users=(UserSetting("a@x.example", "pw"),)))
    server = HttpServer(build_app(host))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.url
    server.stop()
    thread.join()
    host.close()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    assert BROWSER is not None
    with browsing(BROWSER, tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture
def client() -> Iterator[tuple[str, "Queue[str]"]]:
    """The page of a client that the browser is sent back to, and the paths it was asked for."""
    asked: Queue[str] = Queue()

    class Callback(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/callback"):
                asked.put(self.path)
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_words: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Callback)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/callback", asked
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_user_logs_in_and_lets_a_client_in(page: Page, url: str, client: tuple[str, "Queue[str]"]) -> None:
    redirect_uri, asked = client
    request = mockorg.authorization_request(url, client_id="<b>app</b>", redirect_uri=redirect_uri)
    page.open(request.url)
    assert page.run("document.querySelector('p b').textContent") == "<b>app</b>"
    page.fill("username", "a@x.example")
    page.fill("password", "wrong")
    page.click("allow")
    assert page.run("document.getElementById('error').textContent") == "Please check your username and password."
    page.fill("password", "pw")
    page.click("allow")

    code = request.code_of(asked.get(timeout=30))
    with mockorg.connect(
        url, client_id="<b>app</b>", code=code, redirect_uri=redirect_uri, code_verifier=request.code_verifier
    ) as org:
        assert org.get_user_info().user_name == "a@x.example"


def test_a_user_says_no(page: Page, url: str, client: tuple[str, "Queue[str]"]) -> None:
    redirect_uri, asked = client
    request = mockorg.authorization_request(url, client_id="app", redirect_uri=redirect_uri)
    page.open(request.url)
    page.click("deny")

    with pytest.raises(mockorg.LoginError, match="end-user denied authorization"):
        request.code_of(asked.get(timeout=30))


def test_a_device_s_user_enters_its_code(page: Page, url: str) -> None:
    def tell(code: mockorg.DeviceCode) -> None:
        page.open(code.verification_uri)
        page.fill("user_code", code.user_code.lower())
        page.fill("username", "a@x.example")
        page.fill("password", "pw")
        page.click("allow")
        assert page.run("document.getElementById('done').textContent") == "You may go on at your device."

    with mockorg.connect(url, client_id="app", on_device=tell) as org:
        assert org.get_user_info().user_name == "a@x.example"
