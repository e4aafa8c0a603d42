"""The command ``mockorg``: reads the command line and hands it to the service.

Only what needs the standard library alone is imported at the top, so that the command can say what is missing when
mockorg was installed without its server. What a user got wrong is told in one line on standard error: exit status 2
for the command line and what it names, 1 when the machine says no (a port in use, a database that cannot be written).
"""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn

from mockorg_server import __version__, option

_NEEDED_MODULES = (
    *("spyne", "sqlalchemy", "cheroot", "cryptography", "jwt", "platformdirs"),
    *(("cgi",) if sys.version_info >= (3, 13) else ()),
)

_EXAMPLES = """\
examples:
  mockorg serve
      an org in memory on http://127.0.0.1:8800; any user name with any password gets in
  mockorg serve --port 0 --seed plan.json --user ci@example.com:secret:token
      any free port (the ready line tells which), data from a file, one user
  mockorg serve --db org.db --clock 2026-01-31T12:00:00Z
      data kept in a file, the clock standing still at that instant
"""

_SCHEMA_HELP = (
    "objects and fields of your own: an sfdx project or source folder, describe JSON (a file or a folder), an "
    "enterprise WSDL; may be repeated"
)

_HOOKS_HELP = "Python that registers save hooks and Apex REST handlers: org.on(...), org.apexrest(...); may be repeated"

_DUPLICATES_HELP = "give the org the platform's own duplicate rules, which refuse accounts, contacts and leads alike"
_PERMISSIONS_HELP = "hold users to the profiles and permission sets of the schema, in every call"


class UsageError(Exception):
    """A command line that cannot be followed; the message is one line for standard error."""


class _Parser(argparse.ArgumentParser):
    """argparse with one line per error, and no guessing at shortened options."""

    def __init__(self, **keywords: Any) -> None:
        super().__init__(allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter, **keywords)

    def error(self, message: str) -> NoReturn:
        raise UsageError(message)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and give its exit status."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    try:
        if words and words[0] in option.UNSUPPORTED_COMMANDS:
            raise UsageError(f"'mockorg {words[0]}' is not supported yet")
        chosen = _parser().parse_args(words)
        status: int = chosen.run(chosen)
    except UsageError as error:
        print(f"mockorg: {error}", file=sys.stderr)
        return 2
    return status


def _parser() -> _Parser:
    parser = _Parser(
        prog="mockorg",
        description="A Salesforce-compatible mock org.",
        epilog="'mockorg serve --help' tells how to start one.",
    )
    parser.add_argument("--version", action="version", version=f"mockorg {__version__}")
    parser.set_defaults(run=_no_command)
    commands = parser.add_subparsers(metavar="COMMAND", parser_class=_Parser)
    serve = commands.add_parser(
        "serve", help="start a mock org", description="Start a mock org and serve it over HTTP.", epilog=_EXAMPLES
    )
    _add_serve_options(serve)
    _add_access_options(serve)
    serve.set_defaults(run=_serve)
    ca = commands.add_parser(
        "ca",
        help="tell how to trust the certificates of https and the proxy",
        description="Print the file of mockorg's certificate authority, which is made if there is none, and how to "
        "trust it.",
    )
    ca.set_defaults(run=_ca)
    schema = commands.add_parser("schema", help="copy the schema of an org", description="Copy the schema of an org.")
    schema.set_defaults(run=_no_schema_command)
    pull = schema.add_subparsers(metavar="COMMAND", parser_class=_Parser).add_parser(
        "pull", help="write describe JSON", description="Write the describes of an org, real or mock, as JSON files."
    )
    _add_pull_options(pull)
    pull.set_defaults(run=_pull)
    return parser


def _add_serve_options(parser: argparse.ArgumentParser) -> None:
    def add(name: str, read: Callable[[str], object], **keywords: Any) -> None:
        parser.add_argument(name, type=_reader(read), **keywords)

    many: dict[str, Any] = {"default": [], "action": "append"}
    add("--host", option.host, default="127.0.0.1", metavar="HOST", help="address to listen on [%(default)s]")
    add("--port", option.port, default=8800, metavar="PORT", help="port; 0 = any free one [%(default)s]")
    add("--db", option.database, default=option.MEMORY, metavar="memory|FILE", help="where data lives [%(default)s]")
    add("--schema", option.schema_path, **many, metavar="PATH", help=_SCHEMA_HELP)
    add(
        "--seed",
        option.seed_file,
        **many,
        metavar="FILE",
        help="sfdx tree JSON or plan, or CSV/JSON named after its sObject, such as Account.csv; may be repeated",
    )
    add(
        "--user",
        option.user,
        **many,
        metavar="NAME:PASSWORD[:TOKEN]",
        help="a user who may log in; may be repeated. Without any, every name with a non-empty password gets in",
    )
    parser.add_argument("--enforce-permissions", action="store_true", help=_PERMISSIONS_HELP)
    parser.add_argument("--standard-duplicate-rules", action="store_true", help=_DUPLICATES_HELP)
    add("--hooks", option.hook_file, **many, metavar="FILE.py", help=_HOOKS_HELP)
    add("--edition", str, default="Developer", metavar="EDITION", help="the org's edition [%(default)s]")
    add(
        "--without",
        option.feature,
        **many,
        metavar="FEATURE",
        help="a feature the org lacks, such as DigitalEngagement (hides the messaging objects); may be repeated",
    )
    add("--clock", option.instant, metavar="INSTANT", help="freeze the org's clock there: 2026-01-31T12:00:00Z")
    add(
        "--control-token",
        option.control_token,
        metavar="TOKEN",
        help="open /_mockorg to other machines that send this as a Bearer token; without it, only this machine may",
    )
    add(
        "--max-body",
        option.megabytes,
        default=50,
        metavar="MB",
        help="the largest request of an API that is read, in megabytes, compressed or not [%(default)s]",
    )
    for name, metavar in option.UNSUPPORTED.items():
        parser.add_argument(name, action=_Unsupported, metavar=metavar, help=argparse.SUPPRESS)


def _add_access_options(parser: argparse.ArgumentParser) -> None:
    def add(name: str, read: Callable[[str], object], **keywords: Any) -> None:
        parser.add_argument(name, type=_reader(read), **keywords)

    many: dict[str, Any] = {"default": [], "action": "append"}
    add(
        "--connected-app",
        option.connected_app,
        **many,
        metavar="ID:SECRET[:FILE]",
        help="an OAuth client, with the certificate (PEM) it signs JWTs with; may be repeated. Without any, every one "
        "gets in",
    )
    add("--https-port", option.port, metavar="PORT", help="serve https on this port too; 0 = any free one")
    add(
        "--proxy-port",
        option.port,
        metavar="PORT",
        help="be an HTTP proxy on this port that answers for *.salesforce.com and *.force.com; 0 = any free one",
    )
    add(
        "--proxy-allow",
        option.proxy_host,
        **many,
        metavar="HOST",
        help="a host the proxy lets through, or *.example.com; may be repeated. Without any, others are refused",
    )


def _add_pull_options(parser: argparse.ArgumentParser) -> None:
    def add(name: str, metavar: str, text: str, **keywords: Any) -> None:
        parser.add_argument(name, metavar=metavar, help=text, **keywords)

    add("--out", "DIR", "the folder for the files; made when absent", type=Path, required=True)
    add("--sobject", "NAME", "an sObject to describe; may be repeated [all of them]", default=[], action="append")
    add("--url", "URL", "address of the org [SF_INSTANCE_URL, else https://login.salesforce.com]")
    add("--token", "TOKEN", "a session id or access token [SF_ACCESS_TOKEN]")
    add("--username", "NAME", "who logs in [SF_USERNAME]")
    add("--password", "PASSWORD", "their password [SF_PASSWORD]")
    add("--security-token", "TOKEN", "their security token, where the org wants one [SF_SECURITY_TOKEN]")
    add("--api-version", "NN.0", "the version that describes [%(default)s]", default="64.0")


def _reader(read: Callable[[str], object]) -> Callable[[str], object]:
    """Let argparse show a reader's own sentence."""

    def checked(text: str) -> object:
        try:
            return read(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return checked


class _Unsupported(argparse.Action):
    """An option of the public surface that is not built yet."""

    def __call__(self, *_: object, **__: object) -> None:
        raise UsageError(f"{self.option_strings[0]} is not supported yet")


def _no_command(_chosen: argparse.Namespace) -> int:
    raise UsageError("no command given; 'mockorg serve' starts an org, 'mockorg --help' tells more")


def _no_schema_command(_chosen: argparse.Namespace) -> int:
    raise UsageError("no command given; 'mockorg schema pull' copies the schema of an org")


def _pull(chosen: argparse.Namespace) -> int:
    from mockorg_server import schema_pull  # noqa: PLC0415  # the SDK takes its time to load

    return schema_pull.pull(chosen)


def _ca(_chosen: argparse.Namespace) -> int:
    _require_server()
    from mockorg_server import trust  # noqa: PLC0415
    from mockorg_server.certificate_authority import (  # noqa: PLC0415  # absent from the base install
        FOLDER_VARIABLE,
        CertificateAuthority,
        data_folder,
    )

    try:
        file = CertificateAuthority(data_folder()).file
    except (OSError, ValueError) as error:
        print(f"mockorg: {error}", file=sys.stderr)
        return 1
    print(trust.instructions(file, FOLDER_VARIABLE), end="")
    return 0


def _require_server() -> None:
    missing = [name for name in _NEEDED_MODULES if find_spec(name) is None]
    if missing:
        raise UsageError(f'the mock org needs: pip install "mockorg[server]" (missing: {", ".join(missing)})')


def _serve(chosen: argparse.Namespace) -> int:
    _require_server()
    # What is imported and opened stays, so looking for garbage in it is wasted: a tenth of the time until the server is
    # ready. The service turns the collector on again.
    gc.disable()
    try:
        from mockorg_server import service  # noqa: PLC0415  # what it imports is absent from the base install

        return service.serve(chosen)
    finally:
        gc.enable()
