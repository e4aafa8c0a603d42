"""A running server, from its options to its end: takes the port, opens the org, tells that it is ready, serves.

It reads no command line (``cli.py``) and answers no request (``app.py``).
"""

from __future__ import annotations

import gc
import logging
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, Protocol

from mockorg_server.allocator import hold_little_memory
from mockorg_server.app import build_app
from mockorg_server.control.seed_document import SeedDocumentError, child_field_of, read_seed_file
from mockorg_server.core.added_record import known_key_prefixes
from mockorg_server.core.connected_app import ConnectedApp
from mockorg_server.core.dml.standard_duplicate_rule import with_standard_rules
from mockorg_server.core.dml.validation import problems
from mockorg_server.core.host import Host
from mockorg_server.core.seed import SeedError, SeedRecord
from mockorg_server.core.setting import EDITIONS, OrgSettings, UserSetting
from mockorg_server.core.signing_key import public_key
from mockorg_server.hook_file import HookFileError, load_hooks
from mockorg_server.listener import Listeners
from mockorg_server.metadata.note import Note, summarise
from mockorg_server.metadata.reading import SchemaSourceError, read_schema
from mockorg_server.progress import Progress
from mockorg_server.schema.feature import DEFAULT_FEATURES
from mockorg_server.schema.schema import Additions, load_schema
from mockorg_server.store.error import StoreError

if TYPE_CHECKING:
    from datetime import datetime
    from types import FrameType

    from _typeshed.wsgi import WSGIApplication


class ServeOptions(Protocol):
    """What ``mockorg serve`` was asked for, each option already read (see ``option.py``)."""

    host: str
    port: int
    db: str
    schema: Sequence[Path]
    seed: Sequence[Path]
    user: Sequence[tuple[str, str, str]]
    edition: str
    without: Sequence[str]
    clock: datetime | None
    control_token: str | None
    connected_app: Sequence[tuple[str, str, str | None]]
    https_port: int | None
    proxy_port: int | None
    proxy_allow: Sequence[str]
    hooks: Sequence[Path]
    enforce_permissions: bool
    standard_duplicate_rules: bool
    max_body: int  # MiB


class _StartError(Exception):
    """Why the server does not start: a line for standard error and an exit status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


def serve(options: ServeOptions) -> int:
    """Serve until Ctrl-C or SIGTERM and give the exit status: 0, 2 for a wrong option, 1 when the machine says no.

    The first line on standard output is the ready line; what is wrong is one line on standard error.
    """
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(name)s: %(message)s")
    signal.signal(signal.SIGTERM, _interrupt)
    hold_little_memory()
    try:
        settings = _settings(options)
        listeners = _bind(options)
        try:
            _run(listeners, settings, options)
        finally:
            listeners.stop()
    except _StartError as error:
        print(f"mockorg: {error}", file=sys.stderr)
        return error.status
    except KeyboardInterrupt:
        pass
    return 0


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _settings(options: ServeOptions) -> OrgSettings:
    names = [name.casefold() for name, _, _ in options.user]
    if len(set(names)) < len(names):
        raise _StartError("argument --user: the same name is given twice", 2)
    edition = next((known for known in EDITIONS if known.lower() == options.edition.lower()), None)
    if edition is None:
        raise _StartError(f"argument --edition: unknown edition {options.edition!r}; known: {', '.join(EDITIONS)}", 2)
    features = DEFAULT_FEATURES - set(options.without)
    additions = _additions(options.schema, features, options.db, options.standard_duplicate_rules)
    return OrgSettings(
        database=options.db,
        users=tuple(UserSetting(*user) for user in options.user),
        edition=edition,
        features=features,
        clock_start=options.clock,
        enforce_permissions=options.enforce_permissions,
        standard_duplicate_rules=options.standard_duplicate_rules,
        seeds=_seeds(options.seed, features, additions),
        additions=additions,
        connected_apps=_connected_apps(options.connected_app),
    )


def _connected_apps(apps: Sequence[tuple[str, str, str | None]]) -> tuple[ConnectedApp, ...]:
    if len({client_id for client_id, _, _ in apps}) < len(apps):
        raise _StartError("argument --connected-app: the same id is given twice", 2)
    for client_id, _, certificate in apps:
        if certificate is None:
            continue
        try:
            public_key(certificate)
        except ValueError:
            text = f"argument --connected-app: what {client_id} signs with is no certificate or public key in PEM"
            raise _StartError(text, 2) from None
    return tuple(ConnectedApp(*app) for app in apps)


def _additions(
    paths: Sequence[Path], features: frozenset[str], database: str, has_standard_rules: bool
) -> Additions | None:
    """Read the schemas that the org gets; what of them is not followed is told on standard error."""
    if not paths:
        return None
    with Progress() as progress:
        progress.tell("reading the schema")
        try:
            prefixes = known_key_prefixes(load_schema(features), database)
            reading = read_schema(paths, features, key_prefixes=prefixes)
        except SchemaSourceError as error:
            raise _StartError(str(error), 2) from None
        except StoreError as error:
            raise _StartError(str(error), 1) from None
    followed = with_standard_rules(reading.additions) if has_standard_rules else reading.additions
    unread = problems(load_schema(features, additions=followed))
    notes = (*reading.notes, *(Note(place, text) for place, text in unread))
    for line in summarise(notes):
        print(f"mockorg: schema: {line}", file=sys.stderr)
    return reading.additions


def _seeds(paths: Sequence[Path], features: frozenset[str], additions: Additions | None) -> list[SeedRecord]:
    if not paths:
        return []
    records: list[SeedRecord] = []
    child_field = child_field_of(load_schema(features, additions=additions).latest)
    with Progress() as progress:
        for path in paths:
            progress.tell(f"reading {path}")
            try:
                records += read_seed_file(path, child_field)
            except SeedDocumentError as error:
                raise _StartError(str(error), 2) from None
    return records


def _bind(options: ServeOptions) -> Listeners:
    """Take the ports before the org is opened: one that is in use is told before anything is written."""
    try:
        return Listeners(
            options.host,
            options.port,
            https_port=options.https_port,
            proxy_port=options.proxy_port,
            proxy_allow=options.proxy_allow,
        )
    except (OSError, ValueError) as error:
        raise _StartError(str(error), 1) from None


def _run(listeners: Listeners, settings: OrgSettings, options: ServeOptions) -> None:
    host = _open(settings)
    try:
        _load_hooks(options.hooks, host)
        if settings.seeds and not host.default.fresh:
            print(f"mockorg: {settings.database} holds an org already: --seed was not loaded again", file=sys.stderr)
        app = build_app(host, options.control_token, max_body_bytes=options.max_body * 2**20)
        _serve_until_told(listeners, app, f"org={host.default.id} token={host.default.token}")
    finally:
        host.close()


def _open(settings: OrgSettings) -> Host:
    try:
        with Progress() as progress:
            return Host.open(replace(settings, tell=progress.tell))
    except SeedError as error:
        raise _StartError(str(error), 2) from None
    except StoreError as error:
        raise _StartError(str(error), 1) from None


def _load_hooks(paths: Sequence[Path], host: Host) -> None:
    for path in paths:
        try:
            load_hooks(path, host.default.hook_org)
        except HookFileError as error:
            raise _StartError(f"argument --hooks: {error}", 2) from None


def _serve_until_told(listeners: Listeners, app: WSGIApplication, facts: str) -> None:
    """Serve until Ctrl-C or SIGTERM; further ones while the server ends change nothing."""
    with _signals() as told:
        gc.freeze()  # what is here now stays as long as the server: no collection needs to walk it again
        gc.enable()
        listeners.start(app)
        try:
            print(f"mockorg ready on {listeners.http.url} {facts}{_beside(listeners)}", flush=True)
            told.recv(1)
        finally:
            listeners.stop()


def _beside(listeners: Listeners) -> str:
    """Tell of the ports beside http, as the ready line does."""
    told = ""
    if listeners.https is not None:
        told += f" https={listeners.https.url} ca={listeners.authority_file}"
    if listeners.proxy is not None:
        told += f" proxy={listeners.proxy.url}"
    return told


@contextmanager
def _signals() -> Iterator[socket.socket]:
    """Turn Ctrl-C and SIGTERM, from here on, into bytes to be read from a socket.

    The interpreter writes them whichever thread the system interrupts. A handler in Python would wait for the main
    thread, and that may be waiting for the handler.
    """
    reader, writer = socket.socketpair()
    with reader, writer:
        writer.setblocking(False)
        signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _do_nothing)
        try:
            yield reader
        finally:
            signal.set_wakeup_fd(-1)


def _do_nothing(_number: int, _frame: FrameType | None) -> None:
    """Handle a signal of which the socket has told."""
