"""``make fuzz``: runs the targets for a given time each and keeps what breaks as a case that the test suite replays.

With atheris, which watches which branches an input reaches, where it has a wheel for this Python; with hypothesis
otherwise. Run from the root of the repository: ``python -m tests.fuzz.harness --seconds 60 [target ...]``.
"""

import argparse
import hashlib
import importlib.util
import json
import logging
import random
import re
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

CRASHES = Path(__file__).parents[1] / "hostile/crashes"
NAMES = ("envelope", "application", "soql", "sosl", "control")
MAX_INPUT_BYTES = 20_000


def main() -> int:
    """Fuzz each target, each in a process of its own, and give 1 when something broke."""
    parser = argparse.ArgumentParser(description="Fuzz the mock org.")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(NAMES)} [all]")
    parser.add_argument("--seconds", type=int, default=60, help="for all targets together [%(default)s]")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if unknown := set(chosen.targets) - set(NAMES):
        parser.error(f"unknown target {', '.join(unknown)}")
    if chosen.inside:
        return _fuzz_one(chosen.targets[0], chosen.seconds)
    names = chosen.targets or NAMES
    before = set(CRASHES.glob("*.json"))
    for name in names:
        _fuzz_in_process(name, chosen.seconds // len(names))
    found = sorted(set(CRASHES.glob("*.json")) - before)
    for path in found:
        print(f"new: {path.relative_to(Path.cwd())}")
    return 1 if found else 0


def _fuzz_in_process(name: str, seconds: int) -> None:
    """Fuzz one target; libFuzzer ends its process at the first thing that breaks, so it is begun again."""
    deadline = time.monotonic() + seconds
    while (left := int(deadline - time.monotonic())) > 0:
        command = [sys.executable, "-m", "tests.fuzz.harness", "--inside", "--seconds", str(left), name]
        status = subprocess.run(command, check=False).returncode
        if status == 0:
            return


def _fuzz_one(name: str, seconds: int) -> int:
    if importlib.util.find_spec("atheris") is None:
        print(f"{name}: atheris is not installed, {seconds} s with hypothesis")
        return _fuzz_by_chance(name, seconds)
    return _fuzz_by_coverage(name, seconds)


def _fuzz_by_coverage(name: str, seconds: int) -> int:
    import atheris  # type: ignore[import-not-found]  # noqa: PLC0415

    with atheris.instrument_imports(include=["mockorg_server"]):
        from .target import TARGETS  # noqa: PLC0415
    logging.disable(logging.CRITICAL)
    target = TARGETS[name]

    def run(data: bytes) -> None:
        try:
            target(data)
        except Exception as error:
            _keep(name, data, error)
            raise

    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus")
        corpus.mkdir()
        for number, content in enumerate(_seeds(name)):
            Path(corpus, str(number)).write_bytes(content)
        options = [
            f"-max_total_time={seconds}",
            f"-max_len={MAX_INPUT_BYTES}",
            f"-artifact_prefix={folder}/",
            f"-dict={_dictionary(Path(folder, 'words'))}",
            "-timeout=20",
            "-rss_limit_mb=1500",
            "-print_final_stats=1",
        ]
        atheris.Setup([sys.argv[0], *options, str(corpus)], run)
        atheris.Fuzz()  # ends the process
    return 0


def _fuzz_by_chance(name: str, seconds: int) -> int:
    from .mutation import changed_bytes  # noqa: PLC0415
    from .target import TARGETS  # noqa: PLC0415

    logging.disable(logging.CRITICAL)
    deadline = time.monotonic() + seconds
    seeds = list(_seeds(name))
    runs = 0
    while time.monotonic() < deadline:
        chance = random.Random(runs)
        content = changed_bytes(chance.choice(seeds), chance)[:MAX_INPUT_BYTES]
        runs += 1
        try:
            TARGETS[name](content)
        except Exception as error:
            _keep(name, content, error)
            return 1
    print(f"{name}: {runs} runs")
    return 0


def _seeds(name: str) -> Iterator[bytes]:
    """Valid inputs to start from."""
    from .mutation import envelopes, queries, searches  # noqa: PLC0415
    from .target import fuzzed  # noqa: PLC0415

    match name:
        case "envelope":
            yield from (b"\0" + content for content in envelopes())
        case "application":
            token = fuzzed().host.default.token.encode()
            for content in envelopes():
                yield b"\x02" + content
                body = re.search(rb"Body>(.*)</[^>]*Body>", content.replace(b"{session}", token), re.DOTALL)
                if body is not None:
                    yield b"\x82" + body[1]
        case "soql":
            yield from (query.encode() for query in queries())
        case "sosl":
            yield from (search.encode() for search in searches())
        case "control":
            for line in _control_bodies():
                yield b"\1" + line.encode()
            yield b'\0{"now": "2026-01-31T12:00:00Z", "frozen": true}'
            yield b'\0{"advance_seconds": 3600.5}'


def _control_bodies() -> Iterator[str]:
    values = {"Name": "Acme", "AnnualRevenue": 1.5, "NumberOfEmployees": 7, "CreatedDate": "2026-01-30T08:00:00Z"}
    account = {"attributes": {"type": "Account", "referenceId": "a"}, **values}
    contact = {"attributes": {"type": "Contact"}, "LastName": "x", "AccountId": "@a", "IsDeleted": True}
    child = {"attributes": {"type": "Contact"}, "LastName": "y"}
    yield json.dumps({"records": [account, contact]})
    yield json.dumps({"records": [account | {"Contacts": {"records": [child]}}]})
    yield json.dumps({"records": [{"attributes": {"type": "ConvMessageSendRequest"}, "RequestStatus": "Pending"}]})
    yield json.dumps({"records": [{"attributes": {"type": "User"}, "Id": "005000000000009AAA", "Username": "u@x.io"}]})


def _dictionary(path: Path) -> Path:
    """Words for libFuzzer to put in: those of SOQL, and the names in envelopes."""
    from .mutation import NASTY, WORDS, envelopes  # noqa: PLC0415

    names = {match.decode() for content in envelopes() for match in re.findall(rb"[A-Za-z]{3,}", content)}
    words = sorted({*WORDS, *NASTY, *names, 'xsi:nil="true"', "<![CDATA[", "<!--", "&#0;", "<!DOCTYPE a>"} - {""})
    lines = ['"' + "".join(f"\\x{byte:02x}" for byte in word.encode()) + '"' for word in words if len(word) < 100]
    path.write_text("\n".join(lines), encoding="ascii")
    return path


def _keep(name: str, data: bytes, error: Exception) -> None:
    """Write an input that broke something, once for each place that it breaks at."""
    last = traceback.extract_tb((error.__cause__ or error).__traceback__)[-1]
    place = f"{Path(last.filename).name}:{last.name}"
    digest = hashlib.sha256(f"{name} {place} {type(error).__name__}".encode()).hexdigest()[:8]
    path = CRASHES / f"{name}-{digest}.json"
    if not path.exists():
        case = {
            "target": name,
            "what": f"{type(error).__name__} at {place}: {str(error)[:200]}",
            "data": data.decode("latin-1"),
        }
        path.write_text(json.dumps(case, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
