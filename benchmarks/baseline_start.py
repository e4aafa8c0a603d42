"""What any server of this kind needs, and nothing of ours beyond the repair without which spyne does not import."""

import sys
from pathlib import Path

repair = Path(__file__).parents[1] / "server/mockorg_server/soap/spyne_repair.py"
names: dict[str, object] = {"__name__": "spyne_repair"}
exec(compile(repair.read_text(), str(repair), "exec"), names)
names["repair_spyne"]()  # type: ignore[operator]

import lxml.etree  # noqa: E402, F401
import spyne.server.wsgi  # noqa: E402, F401
import sqlalchemy  # noqa: E402, F401

assert "mockorg_server" not in sys.modules
