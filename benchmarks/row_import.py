"""How long it takes to import the SDK in a new process, and to import it and connect."""

from measure import Row, compare, python

CONNECT = "import mockorg; mockorg.connect('http://127.0.0.1:1', access_token='x')"


def rows() -> list[Row]:
    """The rows of this file."""
    baseline = python("baseline_import_sdk.py")
    return [
        compare("import mockorg", python("-c", "import mockorg"), baseline, "import requests, lxml.etree"),
        compare("import mockorg, connect with a token", python("-c", CONNECT), baseline, "import requests, lxml.etree"),
    ]
