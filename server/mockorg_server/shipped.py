"""Where the data files that ship with the server lie: in an installed wheel, and in a source checkout.

A wheel carries them inside the package under ``_shipped`` (``force-include`` in pyproject.toml); an editable install or
a checkout has them at the root of the repository, because hatchling does not apply ``force-include`` there.
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_PLACES = (_PACKAGE / "_shipped", _PACKAGE.parents[1])


def shipped(name: str) -> Path:
    """Return the path of a shipped file or folder, such as ``wsdl/partner.wsdl``.

    Raises ``FileNotFoundError`` that names both places when neither has it.
    """
    for place in _PLACES:
        path = place / name
        if path.exists():
            return path
    raise FileNotFoundError(f"mockorg ships {name}, but it is neither in {_PLACES[0]} nor in {_PLACES[1]}")
