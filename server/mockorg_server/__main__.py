"""``python -m mockorg_server``: the same as the command ``mockorg``. Nothing else lives here."""

import sys

from mockorg_server.cli import main

if __name__ == "__main__":
    sys.exit(main())
