"""The ways into an org of a test: context manager, decorator, server. One org from the way's start to its end."""

from __future__ import annotations

import functools
import inspect
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, overload

from mockorg.testing._org import MockOrg
from mockorg.testing._server import MockOrgServer, open_server
from mockorg.testing._setting import scope_settings
from mockorg.testing._stage import Stages

if TYPE_CHECKING:
    from mockorg.testing._door import Door, Patch

_F = TypeVar("_F", bound=Callable[..., Any])
_Org = TypeVar("_Org", bound=MockOrg)

_STAGES = Stages()


class Scope(Generic[_Org]):
    """An org while a block, a function or each test of a class runs. It may be used again, each time with a new org.

    A function that has a parameter ``org`` is given the ``MockOrg``; in a ``unittest.TestCase`` it is ``self.org``.
    """

    def __init__(self, options: Mapping[str, Any], folder: Path | None = None) -> None:
        self._options = options
        self._folder = folder
        self._entered: list[tuple[ExitStack, MockOrg]] = []

    def __enter__(self) -> _Org:
        with ExitStack() as stack:
            org = self._enter(stack)
            self._entered.append((stack.pop_all(), org))
        return org

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        stack, org = self._entered.pop()
        if isinstance(error, Exception):
            error.add_note(f"mock_org: the org's last calls\n{org.last_calls()}")
        stack.close()

    def __call__(self, wrapped: _F) -> _F:
        """Decorate a function, a coroutine function or a class of tests."""
        if inspect.isclass(wrapped):
            _decorate_class(wrapped, self._another)
            return wrapped
        return _decorate(wrapped, self._another)

    def _another(self) -> Self:
        return type(self)(self._options, self._folder)

    def _enter(self, stack: ExitStack) -> _Org:
        raise NotImplementedError


class OrgScope(Scope[MockOrg]):
    """An org in this process, which ``requests`` and ``httpx`` reach under Salesforce's hosts."""

    def _enter(self, stack: ExitStack) -> MockOrg:
        from mockorg.testing._route import Route  # noqa: PLC0415

        settings = scope_settings(self._options, self._folder)
        door = _door()
        stage = _STAGES.take(settings, door.depth() + 1)
        stack.callback(_STAGES.give_back, stage)
        authority = settings.url.partition("://")[2]
        route = Route(stage.app, authority, settings.my_domain, settings.allowed)
        door.open(route)
        stack.callback(door.close, route)
        return MockOrg(stage.org, settings.url, route)


class ServerScope(Scope[MockOrgServer]):
    """An org on a socket. ``proxy`` and ``https``, beside the options of ``mock_org``, ask for further ports."""

    def _enter(self, stack: ExitStack) -> MockOrgServer:
        options = dict(self._options)
        if "url" in options or "other_hosts" in options:
            raise TypeError("mock_org_server has its url from its port, and leaves other hosts alone")
        ports = {name: bool(options.pop(name, False)) for name in ("proxy", "https")}
        stage = _STAGES.take(scope_settings(options, self._folder), 1)
        stack.callback(_STAGES.give_back, stage)
        return open_server(stage, stack, **ports)


@overload
def mock_org(wrapped: _F, /) -> _F: ...
@overload
def mock_org(**options: Any) -> OrgScope: ...
def mock_org(wrapped: Callable[..., Any] | None = None, /, **options: Any) -> Any:
    """Serve Salesforce's hosts to this process from an org of its own; use it with ``with`` or as a decorator.

    ``schema``, ``seed``: paths, or lists of them; ``clock``: an instant to stand still at; ``users``: who may log in,
    as ``NAME:PASSWORD[:TOKEN]`` (without any, everybody); ``edition``, ``without``, ``connected_apps``, ``my_domain``,
    ``session_seed``: as ``docs/testing.md`` tells; ``url``: where the org is, beside Salesforce's hosts;
    ``other_hosts``: ``"pass"``, ``"refuse"``, or the hosts that requests may go on to.

    Raises TypeError for an unknown name and ValueError for a wrong value, when the org is entered.
    """
    scope = OrgScope(options)
    return scope if wrapped is None else scope(wrapped)


def mock_org_server(**options: Any) -> ServerScope:
    """Serve an org on a free port while a block runs; its ``url``, ``token`` and ``env`` lead clients there.

    The options are those of ``mock_org``, without ``url`` and ``other_hosts``. ``proxy=True`` adds a proxy that answers
    for Salesforce's own hosts, ``https=True`` the same org over TLS.
    """
    return ServerScope(options)


_FIRST = threading.Lock()


def _door() -> Door:
    """Give the one door of this process; threads that ask at once must not make one each."""
    with _FIRST:
        return _made_door()


@functools.cache
def _made_door() -> Door:
    from mockorg.testing import _requests  # noqa: PLC0415
    from mockorg.testing._door import Door  # noqa: PLC0415
    from mockorg.testing._route import Router  # noqa: PLC0415

    router = Router()
    of_requests = _requests.patches(router)

    @functools.cache
    def of_httpx() -> tuple[Patch, ...]:
        from mockorg.testing import _httpx  # noqa: PLC0415

        return _httpx.patches(router)

    return Door(router, lambda: (*of_requests, *(of_httpx() if "httpx" in sys.modules else ())))


def _decorate(function: _F, scope: Callable[[], Scope[Any]]) -> _F:
    signature = inspect.signature(function)
    gives_org = "org" in signature.parameters

    def given(keywords: dict[str, Any], org: MockOrg) -> dict[str, Any]:
        return {**keywords, "org": org} if gives_org else keywords

    wrapper: Any
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def wrapper(*arguments: Any, **keywords: Any) -> Any:
            with scope() as org:
                return await function(*arguments, **given(keywords, org))

    elif inspect.isgeneratorfunction(function):

        @functools.wraps(function)
        def wrapper(*arguments: Any, **keywords: Any) -> Any:
            with scope() as org:
                return (yield from function(*arguments, **given(keywords, org)))

    else:

        @functools.wraps(function)
        def wrapper(*arguments: Any, **keywords: Any) -> Any:
            with scope() as org:
                return function(*arguments, **given(keywords, org))

    # pytest asks the signature for fixtures; the org is none.
    kept = [each for each in signature.parameters.values() if each.name != "org"]
    wrapper.__signature__ = signature.replace(parameters=kept)
    return wrapper  # type: ignore[no-any-return]


def _decorate_class(tests: type, scope: Callable[[], Scope[Any]]) -> None:
    """Give each test of a class an org: around set-up, test and tear-down in unittest, around the test elsewhere."""
    import unittest  # noqa: PLC0415

    if issubclass(tests, unittest.TestCase):
        run = tests.run

        @functools.wraps(run)
        def run_with_org(self: Any, result: Any = None) -> Any:
            with scope() as org:
                self.org = org
                return run(self, result)

        tests.run = run_with_org  # type: ignore[method-assign]
        return
    for name, value in list(vars(tests).items()):
        if name.startswith("test") and inspect.isfunction(value):
            setattr(tests, name, _decorate(value, scope))
