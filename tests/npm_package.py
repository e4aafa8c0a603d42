"""The npm packages that tests run against, fetched once by a committed lock and kept until the lock changes."""

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

NODE: Final = shutil.which("node")
MANIFESTS: Final = ("package.json", "package-lock.json")
_BUILD: Final = Path(__file__).parents[1] / "build"


def installed(folder: Path, name: str) -> Path:
    """Give the ``node_modules`` of the lock in ``folder``; the first run has ``npm ci`` make it as ``build/name-…``."""
    digest = hashlib.sha256(b"".join((folder / each).read_bytes() for each in MANIFESTS)).hexdigest()
    place = _BUILD / f"{name}-{digest[:16]}"
    if not place.exists():
        _BUILD.mkdir(exist_ok=True)
        _install(folder, place)
    return place / "node_modules"


def _install(folder: Path, place: Path) -> None:
    """Install beside the place and move it there: a run that is broken off leaves nothing half done."""
    fresh = Path(tempfile.mkdtemp(prefix=f"{place.name}-", dir=place.parent))
    for each in MANIFESTS:
        shutil.copy(folder / each, fresh)
    npm = shutil.which("npm")
    assert npm, "Node.js is installed without npm, which fetches the packages"
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=dev"]
    ended = subprocess.run(command, cwd=fresh, capture_output=True, text=True, timeout=100, check=False)
    assert ended.returncode == 0, f"npm could not fetch {place.name}:\n{ended.stderr}"
    try:
        fresh.rename(place)
    except OSError:  # another run was faster
        shutil.rmtree(fresh)
