"""A server that forks for each connection, and whose child answers until the client goes: `python3 forks.py PORT LOG`."""
import os, signal, socket, sys

log = os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", int(sys.argv[1])))
listener.listen(128)


def serve(connection):
    received = b""
    while True:
        while b"\r\n\r\n" not in received:
            more = connection.recv(4096)
            if not more:
                return
            received += more
        head, received = received.split(b"\r\n\r\n", 1)
        method, target, _ = head.split(b"\r\n", 1)[0].split(b" ")
        os.write(log, method + b" " + target + b" 203\n")
        connection.sendall(b"HTTP/1.1 203 Forked\r\nContent-Length: 6\r\n\r\na body")


while True:
    connection, _ = listener.accept()
    if os.fork() == 0:
        listener.close()
        serve(connection)
        os._exit(0)
    connection.close()
