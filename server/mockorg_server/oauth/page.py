"""The pages that a user sees in a browser: log in and let a client in, enter a device's code, and what went wrong.

Plain HTML without scripts. Everything that came from outside is escaped; no page may be framed.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from mockorg_server.oauth.exchange import HTML, Answer

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}
_STYLE = (
    "body{font:16px system-ui,sans-serif;max-width:26rem;margin:3rem auto;padding:0 1rem}"
    "label{display:block;margin:.8rem 0}input{width:100%;font:inherit;box-sizing:border-box;padding:.3rem}"
    "button{font:inherit;padding:.4rem 1.2rem;margin:1rem .6rem 0 0}.error{color:#a00}"
)


def consent_page(hidden: Mapping[str, str], client_id: str, scopes: str, username: str, error: str = "") -> Answer:
    """Ask the user to log in and say what a client may do. ``hidden`` are the parameters to send back."""
    fields = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in hidden.items()
    )
    asks = f" It asks for: {escape(scopes)}." if scopes else ""
    return _page(
        "Allow access?",
        f"<p><b>{escape(client_id)}</b> wants to use this mock org in your name.{asks}</p>{_error(error)}"
        f'<form method="post" action="/services/oauth2/authorize">{fields}{_login(username)}{_buttons()}</form>',
    )


def device_page(user_code: str, username: str, error: str = "") -> Answer:
    """Ask the user for the code that a device shows."""
    code = _input("user_code", "Code", user_code, "autocomplete=off")
    return _page(
        "Connect a device",
        f"<p>Enter the code that the device shows.</p>{_error(error)}"
        f'<form method="post" action="/setup/connect">{code}{_login(username)}{_buttons()}</form>',
    )


def done_page(text: str) -> Answer:
    """Tell the user that all is done."""
    return _page("Done", f'<p id="done">{escape(text)}</p>')


def error_page(code: str, text: str) -> Answer:
    """Tell the user what the client did wrong, when there is nowhere to redirect to."""
    shown = f"error={escape(code)}&amp;error_description={escape(text)}"
    return _page("We can't authorize you because of an OAuth error", f'<p class="error" id="error">{shown}</p>', 400)


def _login(username: str) -> str:
    return _input("username", "Username", username) + _input("password", "Password", "", "type=password")


def _input(name: str, label: str, value: str, more: str = "") -> str:
    return f'<label>{label}<input id="{name}" name="{name}" value="{escape(value)}" {more} required></label>'


def _buttons() -> str:
    return (
        '<button id="allow" name="decision" value="allow">Allow</button>'
        '<button id="deny" name="decision" value="deny" formnovalidate>Deny</button>'
    )


def _error(text: str) -> str:
    return f'<p class="error" id="error">{escape(text)}</p>' if text else ""


def _page(title: str, content: str, status: int = 200) -> Answer:
    html = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>{content}</body></html>"
    )
    return Answer(html.encode(), HTML, status, _HEADERS)
