"""The same HTTP server with an application that parses each request with lxml and gives one fixed reply.

``python baseline_server.py FILE``: the file holds the reply.
"""

import sys
from pathlib import Path

from lxml import etree

from mockorg_server.http_server import HttpServer

REPLY = Path(sys.argv[1]).read_bytes()
HEADERS = [("Content-Type", "text/xml; charset=UTF-8"), ("Content-Length", str(len(REPLY)))]


def app(environ, start_response):
    etree.fromstring(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
    start_response("200 OK", HEADERS)
    return [REPLY]


server = HttpServer(app)
print(f"baseline ready on {server.url}", flush=True)
server.serve_forever()
