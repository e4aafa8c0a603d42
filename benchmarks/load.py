"""A load of its own process: N clients that keep their connection and send the same request again and again.

``python load.py PORT CLIENTS SECONDS PATH < request body`` prints a JSON object: ``requests`` answered with 200 and
no fault, ``failures``, ``per_second``, and the ``median_ms`` and ``p99_ms`` of a request.
One thread and a selector, so that the load costs the machine as little as it can.
"""

import json
import selectors
import socket
import sys
import time


class Client:
    """One connection: sends, reads one whole answer, sends again."""

    def __init__(self, port: int, request: bytes) -> None:
        self.request = request
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.send()

    def send(self) -> None:
        self.received = b""
        self.started = time.perf_counter()
        self.socket.sendall(self.request)

    def is_answered(self) -> bool:
        """Read what there is; tell whether the answer is whole. Raises ConnectionError when the server is gone."""
        piece = self.socket.recv(262_144)
        if not piece:
            raise ConnectionError("the server closed the connection")
        self.received += piece
        head, end, body = self.received.partition(b"\r\n\r\n")
        if not end:
            return False
        lines = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        return len(body) >= int(lines[b"content-length"])

    @property
    def is_right(self) -> bool:
        return self.received.startswith(b"HTTP/1.1 200 ") and b":Fault>" not in self.received


def run(port: int, clients: int, duration_seconds: float, path: str, body: bytes) -> dict[str, float]:
    head = f"POST {path} HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Type: text/xml; charset=utf-8\r\n"
    request = f'{head}SOAPAction: ""\r\nContent-Length: {len(body)}\r\n\r\n'.encode() + body
    selector = selectors.DefaultSelector()
    for client in [Client(port, request) for _ in range(clients)]:
        selector.register(client.socket, selectors.EVENT_READ, client)
    times: list[float] = []
    failures = 0
    started = now = time.perf_counter()
    while now - started < duration_seconds:
        for key, _ in selector.select(timeout=5):
            client = key.data
            if client.is_answered():
                times.append(time.perf_counter() - client.started)
                failures += not client.is_right
                client.send()
        now = time.perf_counter()
    times.sort()
    return {
        "requests": len(times) - failures,
        "failures": failures,
        "per_second": len(times) / (now - started),
        "median_ms": times[len(times) // 2] * 1e3,
        "p99_ms": times[len(times) * 99 // 100] * 1e3,
    }


if __name__ == "__main__":
    port, clients, duration_seconds, path = sys.argv[1:]
    print(json.dumps(run(int(port), int(clients), float(duration_seconds), path, sys.stdin.buffer.read())))
