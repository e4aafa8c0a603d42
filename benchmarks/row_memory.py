"""The memory of a server whose clients have asked for everything it knows, and of the same one after hostile bodies."""

import re
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection

from hostile import hostile
from measure import Effort, Row
from process import Server, can_see_memory, mock_org, serving
from soap_call import PATH, envelope, send

DESCRIBES_PER_CALL = 100


def rows(effort: Effort) -> Iterator[Row]:
    if not can_see_memory():
        return
    with serving("baseline_memory.py") as imports, serving(*mock_org()) as server:
        _describe_all(server)
        idle = server.memory_mb
        name = "memory, idle, all objects known"
        baseline = imports.memory_mb
        yield Row(name, idle, baseline, "spyne, sqlalchemy, lxml imported", idle / baseline, "MB", most_ours=150)
        count = effort.of(10_000, 1_000)
        _attack(server, count)
        after = server.memory_mb
        yield Row(f"memory, after {count:,} hostile bodies", after, idle, "before", after / idle, "MB", most=1.1)


def _describe_all(server: Server) -> None:
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=60)) as connection:
        everything = send(connection, envelope(server.token, "<describeGlobal/>"))
        names = re.findall(r"<name>(\w+)</name>", everything.decode())
        assert len(names) > 1000
        for start in range(0, len(names), DESCRIBES_PER_CALL):
            asked = "".join(f"<sObjectType>{name}</sObjectType>" for name in names[start : start + DESCRIBES_PER_CALL])
            send(connection, envelope(server.token, f"<describeSObjects>{asked}</describeSObjects>"))


def _attack(server: Server, count: int) -> None:
    """Send hostile bodies; each must be refused, and the connection kept or closed in order."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
    for number in range(count):
        request = hostile(number, server.token)
        headers = {"Content-Type": request.content_type, "SOAPAction": '""'}
        if request.content_encoding:
            headers["Content-Encoding"] = request.content_encoding
        connection.request("POST", PATH, request.content, headers)
        response = connection.getresponse()
        response.read()
        assert response.status >= 400, f"hostile body {number} was not refused"
    connection.close()
