"""Many connections at once, each between two processes of its own: more than there are processors, so that they interrupt each other.

Usage: crowd.py NAME PORT PAIRS REQUESTS. One half of the pairs keeps its connection; the other one makes a new one for each
request, whose answer ends with it. Says that it is ready, begins at a line on its stdin, and says how many requests its servers answered.

Those named `amid` share a processor with a process that does nothing but read a map of eBPF. It gets to run only while they all pause, is
interrupted in the middle of that, and goes on when they pause again. They do not interrupt each other.
"""

import ctypes
import errno
import os
import resource
import signal
import socket
import struct
import sys
import time

name = sys.argv[1]
port, pairs, requests = (int(word) for word in sys.argv[2:])
is_amid = name == "amid"
PAUSE_SECONDS = 0.02
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
        if is_amid:
            time.sleep(PAUSE_SECONDS)
        connection.sendall(f"GET /{name}/{which}/{number} HTTP/1.1\r\nHost: guest\r\n\r\n".encode())
        answer = b""
        while is_kept and len(answer) < len(KEPT):
            answer += connection.recv(4096)
        while not is_kept and connection.recv(4096):
            pass
        if not is_kept and number < requests - 1:
            connection.close()
            connection = socket.create_connection(address)
    connection.close()


# bpf() by machine; and of include/uapi/linux/bpf.h what is needed here.
CALL = {"x86_64": 321, "aarch64": 280}[os.uname().machine]
MAP_CREATE, MAP_LOOKUP_BATCH = 0, 24
HASH, NO_PREALLOC = 1, 1
# The kernel looks for an entry in all of them before it goes on, in one go.
BUCKETS = 1 << 20


def bpf(command, attributes):
    # The kernel writes there too.
    given = ctypes.create_string_buffer(attributes, len(attributes))
    result = ctypes.CDLL(None, use_errno=True).syscall(CALL, command, given, len(given))
    return -ctypes.get_errno() if result < 0 else result


def read_map():
    # Kernels before 5.11 take a map for locked memory.
    resource.setrlimit(resource.RLIMIT_MEMLOCK, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    made = bpf(MAP_CREATE, struct.pack("=5I", HASH, 4, 4, BUCKETS, NO_PREALLOC))
    found = ctypes.create_string_buffer(12)
    at = ctypes.addressof(found)
    while bpf(MAP_LOOKUP_BATCH, struct.pack("=QQQQIIQQ", 0, at, at + 4, at + 8, 1, made, 0, 0)) == -errno.ENOENT:
        pass


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
if is_amid:
    os.sched_setaffinity(0, {0})
    reader = child(read_map)
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
for which in range(pairs):
    address = ("127.0.0.1", port + which)
    listener = socket.create_server(address, backlog=16)
    children += [child(serve, listener, which % 2 == 0, report), child(ask, address, which % 2 == 0, which)]
    listener.close()
for pid in children:
    os.waitpid(pid, 0)
if is_amid:
    os.kill(reader, signal.SIGKILL)
    _, status = os.waitpid(reader, 0)
    if not os.WIFSIGNALED(status):
        sys.exit("the map could not be read")
# Of a server that failed nothing will come.
os.close(report)
print(sum(int.from_bytes(os.read(answers, 4), "little") for _ in range(pairs)), flush=True)
