"""Moves bytes over a socket by io_uring, one ring for each call: names of calls for peer.py."""
import ctypes, errno, mmap, os, struct

SETUP, ENTER = 425, 426
SQ_RING, CQ_RING, ENTRIES = 0, 0x8000000, 0x10000000
GETEVENTS, WAKE_UP = 1, 2
SQPOLL = 2
ASYNC, SELECT_BUFFER = 1 << 4, 1 << 5
READV, WRITEV, SENDMSG, RECVMSG, READ, WRITE, SEND, RECV, PROVIDE_BUFFERS = 1, 2, 9, 10, 22, 23, 26, 27, 31
SEND_ZC = 47
GROUP = 7
libc = ctypes.CDLL(None, use_errno=True)


class Iovec(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("len", ctypes.c_size_t)]


class Msghdr(ctypes.Structure):
    _fields_ = [("name", ctypes.c_void_p), ("namelen", ctypes.c_uint), ("iov", ctypes.POINTER(Iovec)),
                ("iovlen", ctypes.c_size_t), ("control", ctypes.c_void_p), ("controllen", ctypes.c_size_t),
                ("flags", ctypes.c_int)]


def system_call(*words):
    result = libc.syscall(*words)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


class Ring:
    """Takes one operation at a time and waits for its result."""

    def __init__(self, flags=0):
        params = (ctypes.c_uint32 * 30)()
        params[2] = flags
        self.fd = system_call(SETUP, 4, params)
        places = list(params)
        self.sq = dict(zip(["head", "tail", "mask", "entries", "flags", "dropped", "array"], places[10:17]))
        self.cq = dict(zip(["head", "tail", "mask", "entries", "overflow", "cqes"], places[20:26]))
        self.sq_ring = mmap.mmap(self.fd, self.sq["array"] + 4 * places[0], offset=SQ_RING)
        self.cq_ring = mmap.mmap(self.fd, self.cq["cqes"] + 16 * places[1], offset=CQ_RING)
        self.entries = mmap.mmap(self.fd, 64 * places[0], offset=ENTRIES)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for each in (self.sq_ring, self.cq_ring, self.entries):
            each.close()
        os.close(self.fd)

    def number(self, ring, at, value=None):
        if value is not None:
            struct.pack_into("<I", ring, at, value & 0xFFFFFFFF)
        return struct.unpack_from("<I", ring, at)[0]

    def run(self, opcode, fd, address, length, flags=0, offset=0, group=0):
        tail = self.number(self.sq_ring, self.sq["tail"])
        place = tail & self.number(self.sq_ring, self.sq["mask"])
        entry = struct.pack("<BBHiQQIIQHHi16x", opcode, flags, 0, fd, offset, address, length, 0, 1, group, 0, 0)
        self.entries[64 * place:64 * place + 64] = entry
        self.number(self.sq_ring, self.sq["array"] + 4 * place, place)
        self.number(self.sq_ring, self.sq["tail"], tail + 1)
        system_call(ENTER, self.fd, 1, 1, GETEVENTS | WAKE_UP, None, 0)
        head = self.number(self.cq_ring, self.cq["head"])
        while head == self.number(self.cq_ring, self.cq["tail"]):
            system_call(ENTER, self.fd, 0, 1, GETEVENTS, None, 0)
        at = self.cq["cqes"] + 16 * (head & self.number(self.cq_ring, self.cq["mask"]))
        result = struct.unpack_from("<i", self.cq_ring, at + 8)[0]
        self.number(self.cq_ring, self.cq["head"], head + 1)
        if result < 0:
            raise OSError(-result, os.strerror(-result))
        return result


def buffers_of(parts):
    buffers = [ctypes.create_string_buffer(bytes(part), max(1, len(part))) for part in parts]
    return buffers, (Iovec * len(parts))(*[Iovec(ctypes.addressof(b), len(p)) for b, p in zip(buffers, parts)])


def send_by(opcode, flags=0, setup=0):
    """One buffer, until all of it is gone."""
    def send(end, parts):
        data = b"".join(parts)
        buffer = ctypes.create_string_buffer(data, len(data))
        sent = 0
        with Ring(setup) as ring:
            while sent < len(data):
                sent += ring.run(opcode, end.fileno(), ctypes.addressof(buffer) + sent, len(data) - sent, flags)
    return send


def send_uncopied(end, parts):
    """The kernel reads the buffer when it sends it; kernels before 6.0 cannot."""
    try:
        send_by(SEND_ZC)(end, parts)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        send_by(SEND)(end, parts)


def receive_by(opcode, flags=0, setup=0):
    def receive(end, size):
        buffer = ctypes.create_string_buffer(size)
        with Ring(setup) as ring:
            return bytes(ring.run(opcode, end.fileno(), ctypes.addressof(buffer), size, flags))
    return receive


def send_segments(end, parts):
    buffers, segments = buffers_of(parts)
    with Ring() as ring:
        assert ring.run(WRITEV, end.fileno(), ctypes.addressof(segments), len(parts)) == sum(map(len, parts))


def receive_segments(end, size):
    buffers, segments = buffers_of([bytes(min(5, size)), b"", bytes(max(size - 5, 0))])
    with Ring() as ring:
        return bytes(ring.run(READV, end.fileno(), ctypes.addressof(segments), 3))


def message_of(segments, count):
    return Msghdr(iov=ctypes.cast(segments, ctypes.POINTER(Iovec)), iovlen=count)


def send_message(end, parts):
    buffers, segments = buffers_of(parts)
    with Ring() as ring:
        header = message_of(segments, len(parts))
        assert ring.run(SENDMSG, end.fileno(), ctypes.addressof(header), 1) == sum(map(len, parts))


def receive_message(end, size):
    buffers, segments = buffers_of([bytes(min(5, size)), b"", bytes(max(size - 5, 0))])
    with Ring() as ring:
        header = message_of(segments, 3)
        return bytes(ring.run(RECVMSG, end.fileno(), ctypes.addressof(header), 1))


def receive_selected(end, size):
    """The kernel chooses one of the ring's own buffers."""
    pool = ctypes.create_string_buffer(2 * size)
    with Ring() as ring:
        ring.run(PROVIDE_BUFFERS, 2, ctypes.addressof(pool), size, group=GROUP)
        return bytes(ring.run(RECV, end.fileno(), 0, size, SELECT_BUFFER, group=GROUP))


SENDERS = {
    "uring-send": send_by(SEND),
    "uring-write": send_by(WRITE),
    "uring-writev": send_segments,
    "uring-sendmsg": send_message,
    "uring-zero-copy": send_uncopied,
    "uring-worker": send_by(SEND, ASYNC),
    "uring-poll": send_by(SEND, 0, SQPOLL),
}
RECEIVERS = {
    "uring-recv": receive_by(RECV),
    "uring-read": receive_by(READ),
    "uring-readv": receive_segments,
    "uring-recvmsg": receive_message,
    "uring-select": receive_selected,
    "uring-worker": receive_by(RECV, ASYNC),
    "uring-poll": receive_by(RECV, 0, SQPOLL),
}
