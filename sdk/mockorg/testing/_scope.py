"""The ways into an org of a test: context manager, decorator, server. One org from the way's start to its end."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

from mockorg.testing._org import MockOrg
from mockorg.testing._setting import ScopeSettings, scope_settings
from mockorg.testing._stage import Stages

if TYPE_CHECKING:
    from mockorg.testing._requests import RequestsDoor

_F = TypeVar("_F", bound=Callable[..., Any])

_MISSING = 'mock_org needs the mock org itself: pip install "mockorg[pytest]"'
_STAGES = Stages()


class OrgScope:
    """An org while a block, a function or each test of a class runs. It may be used again, each time with a new org.

    A function that has a parameter ``org`` is given the ``MockOrg``; in a ``unittest.TestCase`` it is ``self.org``.
    """

    def __init__(self, options: Mapping[str, Any], folder: Path | None = None) -> None:
        self._options = options
        self._folder = folder
        self._settings: ScopeSettings | None = None
        self._entered: list[ExitStack] = []

    def __enter__(self) -> MockOrg:
        if self._settings is None:
            self._settings = scope_settings(self._options, self._folder)
        with ExitStack() as stack:
            org = _enter(self._settings, stack)
            self._entered.append(stack.pop_all())
        return org

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._entered.pop().close()

    def __call__(self, wrapped: _F) -> _F:
        """Decorate a function, a coroutine function or a class of tests."""
        if inspect.isclass(wrapped):
            _decorate_class(wrapped, self._another)
            return wrapped
        return _decorate(wrapped, self._another)

    def _another(self) -> Self:
        return type(self)(self._options, self._folder)


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


def _enter(settings: ScopeSettings, stack: ExitStack) -> MockOrg:
    from mockorg.testing._route import Route  # noqa: PLC0415

    door = _door()
    stage = _STAGES.take(settings, door.depth() + 1)
    stack.callback(_STAGES.give_back, stage)
    authority = settings.url.partition("://")[2]
    route = Route(stage.app, authority, settings.org.my_domain or "", settings.allowed)
    adapter = door.open(route)
    stack.callback(door.close, route)
    return MockOrg(stage.org, settings.url, adapter)


@functools.cache
def _door() -> RequestsDoor:
    """Give the one door of this process."""
    from mockorg.testing._requests import RequestsDoor  # noqa: PLC0415
    from mockorg.testing._route import Router  # noqa: PLC0415

    return RequestsDoor(Router())


def _decorate(function: _F, scope: Callable[[], OrgScope]) -> _F:
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


def _decorate_class(tests: type, scope: Callable[[], OrgScope]) -> None:
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
