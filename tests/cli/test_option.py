"""The command line: what it accepts, and one line about what it does not."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

import mockorg_server
from mockorg_server import cli, option


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "notes.txt").write_text("not a database")
    (tmp_path / "seed.json").write_text('{"records": []}')
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run the command, expect exit status 2 and give its one line."""
    assert cli.main(arguments) == 2
    output = capsys.readouterr()
    assert output.out == ""
    [line] = output.err.splitlines()
    assert line.startswith("mockorg: ")
    return line


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ("", "no command given"),
        ("srve", "'srve'"),
        ("serve extra", "unrecognized arguments: extra"),
        ("serve --prot 1", "unrecognized arguments: --prot"),
        ("serve --po 1", "unrecognized arguments: --po"),
        ("serve --port", "argument --port: expected one argument"),
        ("serve --port x", "argument --port: 'x' is not a port number"),
        ("serve --port 65536", "argument --port: '65536' is not a port number"),
        ("serve --port -1", "argument --port"),
        ("serve --port ²", "argument --port"),
        ("serve --host a\tb", "argument --host"),
        ("serve --db notes.txt", "argument --db: 'notes.txt' is not a database of mockorg"),
        ("serve --db .", "argument --db: '.' is not a file"),
        ("serve --db nowhere/org.db", "argument --db: there is no folder 'nowhere'"),
        ("serve --db postgresql://localhost/x", "argument --db: postgresql:// databases are not supported yet"),
        ("serve --seed nowhere.json", "argument --seed: there is no file 'nowhere.json'"),
        ("serve --seed seed.json --seed .", "argument --seed: there is no file '.'"),
        ("serve --user name", "argument --user: a user is NAME:PASSWORD"),
        ("serve --user name:", "argument --user"),
        ("serve --user :secret", "argument --user"),
        ("serve --user a:b:c:d", "argument --user"),
        ("serve --user a:b --user A:c", "argument --user: the same name is given twice"),
        ("serve --edition Deluxe", "argument --edition: unknown edition 'Deluxe'; known: "),
        ("serve --without Magic", "argument --without: unknown feature 'Magic'; known: DigitalEngagement"),
        ("serve --clock noon", "argument --clock: 'noon' is not an instant such as 2026-01-31T12:00:00Z"),
        ("serve --clock 2026-01-31T12:00:00", "argument --clock: '2026-01-31T12:00:00' has no time zone"),
        ("serve --schema no-such-folder", "argument --schema: there is no file or folder 'no-such-folder'"),
        ("serve --hooks hooks.py", "there is no Python file 'hooks.py'"),
        ("serve --connected-app a", "argument --connected-app: a connected app is ID:SECRET"),
        ("serve --connected-app a:", "argument --connected-app"),
        ("serve --connected-app :b", "argument --connected-app"),
        ("serve --connected-app a:b:nowhere.pem", "argument --connected-app: the certificate of a, 'nowhere.pem'"),
        ("serve --connected-app a:b:notes.txt", "argument --connected-app: what a signs with is no certificate"),
        ("serve --connected-app a:b --connected-app a:c", "argument --connected-app: the same id is given twice"),
        ("serve --https-port x", "argument --https-port: 'x' is not a port number"),
        ("serve --proxy-port=70000", "argument --proxy-port: '70000' is not a port number"),
        ("serve --proxy-allow https://x/", "argument --proxy-allow: 'https://x/' is not a host name"),
        ("ca x", "unrecognized arguments: x"),
        ("schema", "no command given; 'mockorg schema pull' copies the schema of an org"),
        ("schema pull", "the following arguments are required: --out"),
        ("schema pull --out x --token t", "a token needs the address of its org: --url, or SF_INSTANCE_URL"),
        ("schema pull --out x --username u", "give --token and --url, or --username and --password"),
        ("schema pull --out x --url ftp://x --token t", "instance_url must be such as"),
        ("snapshot save x", "'mockorg snapshot' is not supported yet"),
        ("compare --help", "'mockorg compare' is not supported yet"),
    ],
)
def test_a_wrong_command_line_is_told_in_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: str, complaint: str
) -> None:
    assert complaint in refused(capsys, *arguments.split(" ")) if arguments else refused(capsys)


def test_a_password_is_never_repeated(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "hunter2" not in refused(capsys, "serve", "--user", "name:hunter2:token:more")
    assert "hunter2" not in refused(capsys, "serve", "--connected-app", ":hunter2")
    assert "hunter2" not in refused(capsys, "serve", "--connected-app", "a:hunter2:nowhere.pem")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{", "seed.json: not JSON"),
        ('{"records": [{"attributes": {"type": "Acount"}}]}', "seed.json record 1: there is no sObject 'Acount'"),
        (
            '{"records": [{"attributes": {"type": "Account"}, "Nmae": 1}]}',
            "seed.json record 1: Account has no field 'Nmae'",
        ),
    ],
)
def test_a_bad_seed_file_is_told_in_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], content: str, complaint: str
) -> None:
    (folder / "seed.json").write_text(content)

    assert complaint in refused(capsys, "serve", "--port", "0", "--seed", "seed.json")


def test_a_bad_seed_leaves_no_org_in_the_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "bad.json").write_text('{"records": [{"attributes": {"type": "Acount"}}]}')
    refused(capsys, "serve", "--port", "0", "--db", "org.db", "--seed", "bad.json")

    assert "there is no sObject" in refused(capsys, "serve", "--port", "0", "--db", "org.db", "--seed", "bad.json")


def test_without_the_server_extra_the_command_says_what_to_install(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "_NEEDED_MODULES", ("json", "nosuchmodule"))

    assert refused(capsys, "serve").endswith('pip install "mockorg[server]" (missing: nosuchmodule)')


def test_the_command_line_is_read_without_the_server_extra() -> None:
    code = "import sys, mockorg_server.cli; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    assert "mockorg_server" in loaded
    assert not {"spyne", "sqlalchemy", "cheroot", "lxml", "requests", "mockorg"} & set(loaded)


@pytest.mark.parametrize("arguments", [["--help"], ["serve", "--help"], ["--version"]])
def test_help_and_version_go_to_standard_output(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)

    assert caught.value.code == 0
    output = capsys.readouterr()
    assert output.err == ""
    assert ("mockorg serve" in output.out) or output.out == f"mockorg {mockorg_server.__version__}\n"


def test_the_help_tells_every_option_that_works_and_none_that_does_not(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["serve", "--help"])
    told = capsys.readouterr().out

    for name in ("host", "port", "db", "seed", "user", "edition", "without", "clock", "control-token"):
        assert f"--{name}" in told
    for name in option.UNSUPPORTED:
        assert name not in told


def test_values_are_read(folder: Path) -> None:
    assert option.port("0") == 0
    assert option.host("[::1]") == "::1"
    assert option.database("memory") == "memory"
    assert option.database("org.db") == "org.db"
    assert option.user("ci@example.com:secret") == ("ci@example.com", "secret", "")
    assert option.user("ci@example.com:secret:token") == ("ci@example.com", "secret", "token")
    assert option.seed_file("seed.json") == Path("seed.json")
    assert option.feature("digitalengagement") == "DigitalEngagement"
    assert option.instant("2026-01-31T12:00:00Z") == datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", " ", " x", "a\nb", "ä"])
def test_a_control_token_must_fit_a_header(text: str) -> None:
    with pytest.raises(ValueError, match="printable"):
        option.control_token(text)
