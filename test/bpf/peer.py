"""Both ends of a connection, moving bytes in the pieces and by the system calls that a case names, one after the other.

Reads JSON lines: {"name", "transport", "steps"}; answers each with a line when it is done. A step is
{"from": "client"|"server", "parts": [latin-1 texts], "send": call, "recv": call, "taken": how much is read before the next
step, if not all} or {"do": action, "who": end}. The first line that it says is its process id.
"""
import ctypes, ctypes.util, fcntl, json, os, socket, struct, sys, tempfile, threading

import uring
from uring import Iovec, Msghdr

PR_SET_NAME = 15
libc = ctypes.CDLL(ctypes.util.find_library("c"), use_errno=True)


class Mmsghdr(ctypes.Structure):
    _fields_ = [("hdr", Msghdr), ("len", ctypes.c_uint)]


def mmsg(buffers):
    headers = (Mmsghdr * len(buffers))()
    for header, buffer in zip(headers, buffers):
        header.hdr.iov = ctypes.pointer(Iovec(ctypes.addressof(buffer), len(buffer)))
        header.hdr.iovlen = 1
    return headers


def sendmmsg(end, parts):
    buffers = [ctypes.create_string_buffer(part, len(part)) for part in parts]
    headers = mmsg(buffers)
    sent = libc.sendmmsg(end.fileno(), headers, len(parts), 0)
    assert sent == len(parts), (sent, ctypes.get_errno())


def recvmmsg(end, parts):
    """One message a part, so that the kernel fills each buffer from the stream."""
    buffers = [ctypes.create_string_buffer(len(part)) for part in parts]
    headers = mmsg(buffers)
    got = libc.recvmmsg(end.fileno(), headers, len(parts), 0, None)
    assert got == len(parts), (got, ctypes.get_errno())


def in_file(data):
    file = tempfile.TemporaryFile()
    file.write(data)
    file.flush()
    return file


def sendfile(end, parts):
    data = b"".join(parts)
    with in_file(data) as file:
        sent = 0
        while sent < len(data):
            sent += os.sendfile(end.fileno(), file.fileno(), sent, len(data) - sent)


def sendfile_on(end, parts):
    """Until the file has no more, which a last call tells."""
    with in_file(b"".join(parts)) as file:
        sent = more = os.sendfile(end.fileno(), file.fileno(), 0, 1 << 20)
        while more:
            more = os.sendfile(end.fileno(), file.fileno(), sent, 1 << 20)
            sent += more


def splice_out(end, parts):
    reader, writer = os.pipe()
    data = b"".join(parts)
    os.write(writer, data)
    assert os.splice(reader, end.fileno(), len(data)) == len(data)
    os.close(reader)
    os.close(writer)


def by_dup(end, parts):
    copy = os.dup(end.fileno())
    os.write(copy, b"".join(parts))
    os.close(copy)


def by_child(end, parts):
    pid = os.fork()
    if pid == 0:
        os.write(end.fileno(), b"".join(parts))
        os._exit(0)
    os.waitpid(pid, 0)


def by_thread(end, parts):
    in_thread(lambda: os.write(end.fileno(), b"".join(parts)))


def in_thread(call):
    results = []
    thread = threading.Thread(target=lambda: (libc.prctl(PR_SET_NAME, b"a-thread"), results.append(call())))
    thread.start()
    thread.join()
    return results[0]


def refused(end, parts):
    """The other end has gone, and takes nothing."""
    try:
        os.write(end.fileno(), b"".join(parts))
    except (BrokenPipeError, ConnectionResetError):
        return
    raise AssertionError("nobody is there, and bytes were taken")


SEND = {
    "write": lambda end, parts: os.write(end.fileno(), b"".join(parts)),
    "send": lambda end, parts: end.send(b"".join(parts)),
    "writev": lambda end, parts: os.writev(end.fileno(), parts),
    "sendmsg": lambda end, parts: end.sendmsg(parts),
    "sendmmsg": sendmmsg,
    "sendfile": sendfile,
    "sendfile-on": sendfile_on,
    "splice": splice_out,
    "dup": by_dup,
    "child": by_child,
    "thread": by_thread,
    **uring.SENDERS,
}


def peek_then_recv(end, size):
    assert end.recv(size, socket.MSG_PEEK)
    return end.recv(size)


def passed(end, size):
    """The descriptor travels to another process, which reads there."""
    near, far = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        _, fds, _, _ = socket.recv_fds(far, 1, 1)
        data = b""
        while len(data) < size:
            data += os.read(fds[0], size - len(data))
        os._exit(0)
    socket.send_fds(near, [b"x"], [end.fileno()])
    os.waitpid(pid, 0)
    return b"\0" * size


def readv(end, size):
    first, rest = bytearray(min(5, size)), bytearray(max(size - 5, 0))
    got = os.readv(end.fileno(), [first, bytearray(0), rest])
    return bytes(got)


def in_child(end, size):
    pid = os.fork()
    if pid == 0:
        left = size
        while left:
            left -= len(os.read(end.fileno(), left))
        os._exit(0)
    os.waitpid(pid, 0)
    return b"\0" * size


RECV = {
    "read": lambda end, size: os.read(end.fileno(), size),
    "recv": lambda end, size: end.recv(size),
    "readv": readv,
    "recvmsg": lambda end, size: end.recvmsg(size)[0],
    "peek": peek_then_recv,
    "trunc": lambda end, size: bytes(end.recv_into(bytearray(size), size, socket.MSG_TRUNC)),
    "passed": passed,
    "child": in_child,
    "thread": lambda end, size: in_thread(lambda: os.read(end.fileno(), size)),
    **uring.RECEIVERS,
}


def receive(end, step, size):
    if step["recv"] == "recvmmsg":
        return recvmmsg(end, [part.encode("latin-1") for part in step["parts"]])
    left = size
    while left:
        got = len(RECV[step["recv"]](end, left))
        assert got, "the other end has gone"
        left -= got


def act(ends, step):
    end = ends[step["who"]]
    if step["do"] == "close":
        end.close()
    elif step["do"] == "reset":
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        end.close()
    elif step["do"] == "shutdown":
        end.shutdown(socket.SHUT_WR)
    elif step["do"] == "shutdown-read":
        end.shutdown(socket.SHUT_RD)
    elif step["do"] == "make-ring":
        uring.Ring().__exit__()
    elif step["do"] == "see-end":
        assert end.recv(1) == b""
    elif step["do"] == "see-reset":
        try:
            end.recv(1)
        except ConnectionResetError:
            return
        raise AssertionError("nobody reset the connection")
    else:
        raise ValueError(step["do"])


def connect(transport, port, path):
    if transport == "unix":
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        listener.listen()
        client = socket.socket(socket.AF_UNIX)
        client.connect(path)
    else:
        family = socket.AF_INET if transport == "ipv4" else socket.AF_INET6
        listener = socket.socket(family)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if transport == "mapped":
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listener.bind(({"ipv4": "127.0.0.1", "ipv6": "::1", "mapped": "::"}[transport], port))
        listener.listen()
        client = socket.socket(socket.AF_INET6 if transport == "ipv6" else socket.AF_INET)
        client.connect(("::1" if transport == "ipv6" else "127.0.0.1", port))
    server, _ = listener.accept()
    listener.close()
    if transport == "unix":
        os.unlink(path)
    return {"client": client, "server": server}


port, path = int(sys.argv[1]), sys.argv[2]
early = connect("ipv4", port, path)


def shrink(end):
    """A buffer that holds less than a large body, so that its write lasts until the other end reads."""
    end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 32768)


def reconnect(ends, case):
    """Another connection, under the same descriptors."""
    before = {who: end.fileno() for who, end in ends.items()}
    for end in ends.values():
        end.close()
    aside = {who: put_aside(end) for who, end in connect(case["transport"], port, path).items()}
    for who, fd in aside.items():
        os.dup2(fd, before[who], inheritable=False)
        os.close(fd)
    return {who: socket.socket(fileno=fd) for who, fd in before.items()}


def put_aside(end):
    fd = fcntl.fcntl(end.fileno(), fcntl.F_DUPFD, 500)
    end.close()
    return fd


def play(case):
    ends = early if case["transport"] == "early" else connect(case["transport"], port, path)
    unread = []
    for step in case["steps"]:
        if step.get("do") == "reconnect":
            ends = reconnect(ends, case)
        elif step.get("do") == "read-rest":
            for end, left, sender in unread:
                receive(end, {"recv": "read"}, left)
                if sender.is_alive():
                    sender.join()
        elif "do" in step:
            act(ends, step)
        else:
            move(ends, step, unread)
    for end in ends.values():
        end.close()


def move(ends, step, unread):
    parts = [part.encode("latin-1") for part in step["parts"]]
    if step["send"] == "refused":
        return refused(ends[step["from"]], parts)
    other = ends["server" if step["from"] == "client" else "client"]
    size = sum(map(len, parts))
    taken = step.get("taken", size)
    if taken < size:
        shrink(ends[step["from"]])
    # More than the buffers between them hold is only taken while the other end reads.
    sender = threading.Thread(target=SEND[step["send"]], args=(ends[step["from"]], parts))
    is_large = size > 16384
    sender.start() if is_large else sender.run()
    receive(other, step, taken)
    if taken < size:
        unread.append((other, size - taken, sender))
    elif is_large:
        sender.join()


print(os.getpid(), flush=True)
for line in sys.stdin:
    case = json.loads(line)
    play(case)
    print(case["name"], flush=True)
