#!/usr/bin/python3
"""Plays, by the name under which it is called, the two programs that `podman machine` starts on Linux.

qemu-system-*  answers on the monitor's socket, and says "Ready" on the guest's serial port when it has "booted".
gvproxy        forwards the machine's ssh port to the stage's sshd.

STAGE names the stage's folder: a file `refuse` there makes the machine fail as without a hypervisor, a file `hold` keeps it
from ever being ready. The first line names the interpreter itself: through `env` the processes would not be called as the
real ones are.
"""
import os
import re
import signal
import socket
import sys
import threading
import time

STAGE = os.environ["STAGE"]
# The pid of the machine that has booted: there is no ssh into one that is off.
BOOTED = os.path.join(os.environ["XDG_RUNTIME_DIR"], "booted")
WORDS = sys.argv[1:]
SSHD_PORT = 2222


def serve(path, handle):
    """Answers every connection to a Unix socket in a thread of its own."""
    remove(path)
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen(8)
    in_background(accept_all, server, handle)


def accept_all(server, handle):
    while True:
        in_background(handle, server.accept()[0])


def in_background(function, *arguments):
    threading.Thread(target=function, args=arguments, daemon=True).start()


def remove(path):
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass


def write_pid(path):
    with open(path, "w", encoding="utf8") as file:
        file.write(str(os.getpid()))


def has(name):
    return os.path.exists(os.path.join(STAGE, name))


def play_machine():
    if has("refuse"):
        sys.exit(
            "Could not access KVM kernel module: No such file or directory\n"
            "qemu-system-x86_64: failed to initialize kvm: No such file or directory"
        )
    monitor = find(r"^unix:/*(/[^,]*qmp[^,]*)")
    ready = find(r"socket,path=([^,]+),.*_ready")
    pid_file = WORDS[WORDS.index("-pidfile") + 1] if "-pidfile" in WORDS else None
    if pid_file is not None:
        write_pid(pid_file)

    def power_off(*_):
        for path in (monitor, ready, pid_file, BOOTED):
            if path is not None:
                remove(path)
        os._exit(0)

    signal.signal(signal.SIGTERM, power_off)
    serve(monitor, lambda connection: answer_monitor(connection, power_off))
    serve(ready, say_ready)


def find(pattern):
    return next(match.group(1) for word in WORDS if (match := re.search(pattern, word)))


def say_ready(connection):
    while has("hold"):
        time.sleep(0.1)
    write_pid(BOOTED)
    connection.sendall(b"Ready\n")
    time.sleep(1)


def answer_monitor(connection, power_off):
    """The machine protocol of QEMU, as far as podman speaks it."""

    def send(message):
        connection.sendall(message.encode() + b"\r\n")

    send('{"QMP": {"version": {"qemu": {"micro": 0, "minor": 0, "major": 10}, "package": ""}, "capabilities": []}}')
    while chunk := connection.recv(65536):
        for command in re.findall(r'"execute":\s*"([^"]+)"', chunk.decode()):
            status = '{"status": "running", "singlestep": false, "running": true}'
            send(f'{{"return": {status if command == "query-status" else "{}"}}}')
            if command in ("system_powerdown", "quit"):
                threading.Timer(0.2, power_off).start()


def play_network():
    flags = {}
    for word, value in zip(WORDS, [*WORDS[1:], ""]):
        if word.startswith("-"):
            flags.setdefault(word.lstrip("-"), []).append(value)
    for path in flags.get("pid-file", []):
        write_pid(path)
    for path in flags.get("listen-qemu", []):
        serve(path.replace("unix://", ""), lambda connection: connection.recv(1))
    for path in flags.get("forward-sock", []):
        serve(path, lambda connection: connection.close())
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("127.0.0.1", int(flags["ssh-port"][0])))
    server.listen(32)
    in_background(accept_all, server, forward)


def has_booted():
    try:
        with open(BOOTED, encoding="utf8") as file:
            os.kill(int(file.read()), 0)
        return True
    except (FileNotFoundError, ProcessLookupError, ValueError):
        return False


def forward(client):
    if not has_booted():
        client.close()
        return
    try:
        guest = socket.create_connection(("127.0.0.1", SSHD_PORT))
    except OSError:
        client.close()
        return
    in_background(pump, client, guest)
    pump(guest, client)


def pump(source, sink):
    try:
        while chunk := source.recv(65536):
            sink.sendall(chunk)
    except OSError:
        pass
    for end in (source, sink):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


if os.path.basename(sys.argv[0]).startswith("qemu"):
    play_machine()
else:
    play_network()
while True:
    time.sleep(60)
