import type { Host } from '../host.ts';
import { handOver, openNotes } from './notes.ts';

/**
 * Waits for `closed`, which says that all is well, or for the end of file: then the runner is gone, and whatever of its
 * notes still runs is killed, with its group and all that descends from it. The notes, `started PID` and `ended PID`, are
 * in a file; those that would not fit on the disk come through the pipe. The descendants are found before the first kill,
 * since orphans lose their parent. A process of which the runner had no more time to tell is known by our null device, by being
 * an orphan as we are, and by its age. In the end a file says when all that was over.
 */
const script = `
marker=$1
killed=$2
runner=$3
alive=' '
late=
while read -r line; do
  [ "$line" = closed ] && exit
  late="$late$line
"
done
take() {
  while read -r change pid command; do
    case $change in
      started) alive="$alive$pid "; eval "cleanup_$pid=\\$command" ;;
      ended) alive="\${alive%% $pid *} \${alive#* $pid }" ;;
    esac
  done
}
take <&3
take <<END
$late
END
children() { cat /proc/"$1"/task/*/children 2>/dev/null || pgrep -P "$1"; }
tree() { echo "$1"; for child in $(children "$1"); do tree "$child"; done; }
stat_of() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null; }
marked() {
  for fd in 0 3; do
    while read -r key value; do
      [ "$key" = flags: ] && [ $((0$value)) = $((0$marker)) ] && return 0
    done < "$1/fdinfo/$fd"
  done
  return 1
}
untold() {
  [ -n "$marker" ] || return
  reaper=$runner
  while [ "$reaper" = "$runner" ]; do set -- $(stat_of $$); reaper=$2; done
  read -r up _ < /proc/uptime
  oldest=$(( \${up%.*} * 100 - 200 ))
  for folder in /proc/[0-9]*; do
    marked "$folder" || continue
    pid=\${folder#/proc/}
    set -- $(stat_of "$pid")
    [ "$2" = "$reaper" ] && [ "\${20:-0}" -ge "$oldest" ] && echo "$pid"
  done
}
for pid in $alive $(untold); do
  all=$(tree "$pid")
  kill -9 -"$pid" 2>/dev/null
  kill -9 $all 2>/dev/null || sudo -n kill -9 $all 2>/dev/null
  eval "eval \\"\\$cleanup_$pid\\""
done
(: > "$killed") 2>/dev/null
`;

/** Told of every process of a run, so that none outlives a runner that was killed itself. */
export type Watcher = {
  /** `cleanup` is a shell command for what a kill cannot reach: a container, which is no descendant of its client. */
  readonly started: (pid: number, cleanup?: string) => void;
  readonly ended: (pid: number) => void;
  /** Ends the watcher and leaves what still runs alone. Settles when it will hear of that, whatever becomes of us. */
  readonly close: () => Promise<void>;
};

/** An end may wait that long for a start to go with it: to write costs a short task its time. */
const endsWaitMs = 50;

/** Starts the one watcher of a run, in a session of its own so that no signal of the terminal reaches it. */
export function startWatcher(
  host: Pick<Host, 'spawn' | 'env' | 'pid'>,
  { marker = '', killed }: { readonly marker: string | undefined; readonly killed: string },
): Watcher {
  const notes = openNotes(host.pid);
  const child = host.spawn(['/bin/sh', '-c', script, 'watcher', marker, killed, String(host.pid)], {
    stdio: ['pipe', 'ignore', 'ignore', notes?.readFd ?? 'ignore'],
    detached: true,
    cwd: '/',
    // An engine finds its containers by more than PATH: HOME, DOCKER_HOST, XDG_RUNTIME_DIR.
    env: { ...host.env },
  });
  if (notes !== undefined) handOver(notes);
  child.on('error', () => undefined);
  child.unref();
  child.stdin?.on('error', () => undefined);
  let fits = notes !== undefined;
  const tell = (line: string): void => {
    fits &&= notes?.add(line) === true;
    if (!fits) child.stdin?.write(line);
  };
  let ends = '';
  return {
    started: (pid, cleanup) => {
      tell(`${ends}started ${pid} ${cleanup ?? ''}\n`);
      ends = '';
    },
    ended: (pid) => {
      const isFirst = ends === '';
      ends += `ended ${pid}\n`;
      if (!isFirst) return;
      const tellLate = (): void => {
        if (ends !== '') tell(ends);
        ends = '';
      };
      setTimeout(tellLate, endsWaitMs).unref();
    },
    close: async () => {
      const { stdin } = child;
      const told = new Promise<void>((resolve) => stdin?.end('closed\n', () => resolve()));
      const isBehind = stdin !== null && stdin.writableLength > 0;
      if (isBehind) await told;
    },
  };
}
