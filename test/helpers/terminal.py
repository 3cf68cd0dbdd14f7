"""Runs a command on a pseudo-terminal: our stdin goes to it as typed, its output to our stdout, and its exit code is ours."""
import fcntl, json, os, pty, select, signal, struct, sys, termios

columns, rows, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
    os.environ.pop('TERMINAL_STATE', None)
    os.execvp(command[0], command)
sources = [terminal, 0]
while True:
    ready, _, _ = select.select(sources, [], [])
    if 0 in ready:
        typed = os.read(0, 65536)
        if typed:
            os.write(terminal, typed)
        else:
            sources.remove(0)
    if terminal in ready:
        try:
            shown = os.read(terminal, 65536)
        except OSError:
            break
        if not shown:
            break
        os.write(1, shown)
_, status = os.waitpid(pid, 0)
if 'TERMINAL_STATE' in os.environ:
    local = termios.tcgetattr(terminal)[3]
    flags = {'echo': termios.ECHO, 'canonical': termios.ICANON, 'signals': termios.ISIG}
    with open(os.environ['TERMINAL_STATE'], 'w') as file:
        json.dump({name: bool(local & flag) for name, flag in flags.items()}, file)
sys.exit(128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status))
