"""The same HTTP server with the least application there is: one fixed reply, whatever is asked."""

from mockorg_server.http_server import HttpServer

REPLY = b'{"hello":"world"}'
HEADERS = [("Content-Type", "application/json;charset=UTF-8"), ("Content-Length", str(len(REPLY)))]


def app(environ, start_response):
    start_response("200 OK", HEADERS)
    return [REPLY]


server = HttpServer(app)
print(f"baseline ready on {server.url}", flush=True)
server.serve_forever()
