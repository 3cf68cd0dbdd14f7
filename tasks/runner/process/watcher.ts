import type { Host } from '../host.ts';

/**
 * Reads `started PID` and `ended PID`, and `closed` when all is well. At end of file the runner is gone: whatever still
 * runs is killed, with its group and all that descends from it. The descendants are found before the first kill, since
 * orphans lose their parent. A process of which the runner had no more time to tell is known by its stdin, by being an
 * orphan as we are, and by its age.
 */
const script = `
marker=$1
alive=' '
while read -r change pid command; do
  case $change in
    started) alive="$alive$pid "; eval "cleanup_$pid=\\$command" ;;
    ended) alive="\${alive%% $pid *} \${alive#* $pid }" ;;
    closed) exit ;;
  esac
done
children() { cat /proc/"$1"/task/*/children 2>/dev/null || pgrep -P "$1"; }
tree() { echo "$1"; for child in $(children "$1"); do tree "$child"; done; }
stat_of() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null; }
untold() {
  [ -n "$marker" ] || return
  reaper=$PPID
  while [ "$reaper" = "$PPID" ]; do set -- $(stat_of $$); reaper=$2; done
  read -r up _ < /proc/uptime
  oldest=$(( \${up%.*} * 100 - 200 ))
  for folder in /proc/[0-9]*; do
    read -r _ _ 2>/dev/null < "$folder/fdinfo/0" || continue
    grep -q "^flags:.0*$marker$" "$folder/fdinfo/0" 2>/dev/null || continue
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
`;

/** Told of every process of a run, so that none outlives a runner that was killed itself. */
export type Watcher = {
  /** `cleanup` is a shell command for what a kill cannot reach: a container, which is no descendant of its client. */
  readonly started: (pid: number, cleanup?: string) => void;
  readonly ended: (pid: number) => void;
  /** Ends the watcher and leaves what still runs alone. */
  readonly close: () => Promise<void>;
};

/** An end may wait that long for a start to go with it: each message wakes the watcher, which costs a short task its time. */
const endsWaitMs = 50;

/** Starts the one watcher of a run, in a session of its own so that no signal of the terminal reaches it. */
export function startWatcher(host: Pick<Host, 'spawn' | 'env'>, marker: string | undefined): Watcher {
  const child = host.spawn(['/bin/sh', '-c', script, 'watcher', marker ?? ''], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
    // An engine finds its containers by more than PATH: HOME, DOCKER_HOST, XDG_RUNTIME_DIR.
    env: { ...host.env },
  });
  const hasEnded = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  child.unref();
  child.stdin?.on('error', () => undefined);
  let ends = '';
  const tell = (text: string): void => {
    child.stdin?.write(ends + text);
    ends = '';
  };
  return {
    started: (pid, cleanup) => {
      tell(`started ${pid} ${cleanup ?? ''}\n`);
    },
    ended: (pid) => {
      const isFirst = ends === '';
      ends += `ended ${pid}\n`;
      if (isFirst) setTimeout(() => ends !== '' && tell(''), endsWaitMs).unref();
    },
    close: async () => {
      tell('closed 0\n');
      child.stdin?.end();
      child.ref();
      await hasEnded;
    },
  };
}
