"""Many connections at once, each between two processes of its own: more than there are processors, so that they interrupt each other.

Usage: crowd.py PORT PAIRS REQUESTS. One half of the pairs keeps its connection; the other one makes a new one for each request, whose
answer ends with it. Says that it is ready, begins at a line on its stdin, and says how many requests its servers answered.
"""

import os
import socket
import sys

port, pairs, requests = (int(word) for word in sys.argv[1:])
KEPT = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CLOSED = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok"


def serve(listener, is_kept, report):
    answered = 0
    while answered < requests:
        connection, _ = listener.accept()
        while connection.recv(4096):
            connection.sendall(KEPT if is_kept else CLOSED)
            answered += 1
            if not is_kept:
                break
        connection.close()
    os.write(report, answered.to_bytes(4, "little"))


def ask(address, is_kept, which):
    connection = socket.create_connection(address)
    for number in range(requests):
        connection.sendall(b"GET /crowd/%d/%d HTTP/1.1\r\nHost: guest\r\n\r\n" % (which, number))
        answer = b""
        while is_kept and len(answer) < len(KEPT):
            answer += connection.recv(4096)
        while not is_kept and connection.recv(4096):
            pass
        if not is_kept and number < requests - 1:
            connection.close()
            connection = socket.create_connection(address)
    connection.close()


def child(work, *arguments):
    pid = os.fork()
    if pid == 0:
        work(*arguments)
        os._exit(0)
    return pid


print("ready", flush=True)
sys.stdin.readline()
answers, report = os.pipe()
children = []
for which in range(pairs):
    address = ("127.0.0.1", port + which)
    listener = socket.create_server(address, backlog=16)
    children += [child(serve, listener, which % 2 == 0, report), child(ask, address, which % 2 == 0, which)]
    listener.close()
for pid in children:
    os.waitpid(pid, 0)
# Of a server that failed nothing will come.
os.close(report)
print(sum(int.from_bytes(os.read(answers, 4), "little") for _ in range(pairs)), flush=True)
