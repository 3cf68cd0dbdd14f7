"""Python's own server, a thread for each connection: `python3 threads.py PORT LOG`."""
import os, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

log = os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND | os.O_CREAT)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        os.write(log, f"{self.command} {self.path} 200\n".encode())
        self.send_response(200)
        self.send_header("Content-Length", "6")
        if self.close_connection:
            # Without the word, a client of HTTP/1.0 keeps a dead connection and asks twice.
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"a body")

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128


Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
