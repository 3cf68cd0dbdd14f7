import type { Host } from '../host.ts';
import { cursor } from '../paint.ts';
import { aroundVariable } from './inner.ts';
import { handOver, openNotes } from './notes.ts';

/**
 * Waits for the end of file: then the runner is gone. Where the last of its notes is `closed`, all is well; else whatever of
 * them still runs is killed, with its group and all that descends from it. The notes, `started PID` and `ended PID`, are
 * in a file; those that would not fit there come through the pipe. The descendants are found and stopped before the first kill,
 * since orphans lose their parent. A process of which the runner had no more time to tell is known by our null device, by being
 * an orphan as we are, by its age, and by what it was told of the runs around it, which can be read when its
 * start is complete: other runs have such devices too. In the end a file says when all that was over, and a terminal gets its
 * cursor back, which a live list had taken, unless it belongs by then to a program that was started after us.
 */
const script = `
killed=$1
runner=$2
marker_fd=$3
{ read -r line < "/proc/$runner/stat"; } 2>/dev/null
set -- \${line##*) }
session=$4
alive=' '
late=
while read -r line; do
  late="$late$line
"
done
take() {
  while read -r change pid output command; do
    case $change in
      started) alive="$alive$pid "; eval "output_$pid=\\$output cleanup_$pid=\\$command" ;;
      ended) alive="\${alive%% $pid *} \${alive#* $pid }" ;;
      closed) exit ;;
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
# Without that for which Node and others mark their stdin: to be closed when they start something.
flags_of() {
  flags=
  while read -r key value; do [ "$key" = flags: ] && flags=$((value & ~02000000)); done < "/proc/$1/fdinfo/$2"
}
marked() {
  for fd in 0 3; do
    flags_of "$1" $fd
    [ "$flags" = "$marker" ] && return 0
  done
  return 1
}
ours() {
  for moment in 1 2 3 4 5 6 7 8; do
    told=$(tr '\\0' '\\n' < "/proc/$1/environ" 2>/dev/null)
    [ -n "$told" ] && break
    sleep 0.02
  done
  echo "$told" | grep -qE "^${aroundVariable}=(.* )?$runner="
}
untold() {
  [ -n "$marker_fd" ] || return
  flags_of $$ "$marker_fd"
  marker=$flags
  [ -n "$marker" ] || return
  reaper=$runner
  while [ "$reaper" = "$runner" ]; do set -- $(stat_of $$); reaper=$2; done
  read -r up _ < /proc/uptime
  oldest=$(( \${up%.*} * 100 - 200 ))
  for folder in /proc/[0-9]*; do
    pid=\${folder#/proc/}
    case $alive in *" $pid "*) continue ;; esac
    marked "$pid" || continue
    set -- $(stat_of "$pid")
    [ "$2" = "$reaper" ] && [ "\${20:-0}" -ge "$oldest" ] && ours "$pid" && echo "$pid"
  done
}
# What has lost its parents, as of a broken pipe, but not the output of one that was told.
holders() {
  outputs=' '
  for pid in $alive; do eval "outputs=\\"\\$outputs\\$output_$pid \\""; done
  ls -l /proc/[0-9]*/fd/1 2>/dev/null | while read -r line; do
    case $outputs in
      *" \${line##* } "*) pid=\${line#*/proc/}; echo "\${pid%%/*}" ;;
    esac
  done
}
# What was stopped starts nothing more, so that in the end two looks agree.
all_of() {
  all=
  for look in 1 2 3 4 5 6 7 8; do
    now=$(tree "$1")
    [ "$now" = "$all" ] && return
    all=$now
    kill -STOP $all 2>/dev/null
  done
}
started_at() { set -- $(stat_of "$1"); echo "\${20:-0}"; }
is_ours_still() {
  set -- $(stat_of "\${session:-none}")
  [ "$(started_at "\${6:-none}")" -le "$(started_at $$)" ]
}
end() {
  all_of "$1"
  kill -9 -"$1" 2>/dev/null
  kill -9 $all 2>/dev/null || sudo -n kill -9 $all 2>/dev/null
}
for pid in $alive $(untold); do
  end "$pid"
  eval "eval \\"\\$cleanup_$pid\\""
done
for pid in $(holders); do end "$pid"; done
is_ours_still && (printf %s '${cursor.show}' >&5) 2>/dev/null
(: > "$killed") 2>/dev/null
`;

/** Told of every process of a run, so that none outlives a runner that was killed itself. */
export type Watcher = {
  /**
   * `output` is what it writes to, where only the run reads that, as the system names it. `cleanup` is a shell command for what a
   * kill cannot reach: a container, which is no descendant of its client.
   */
  readonly started: (
    pid: number,
    about?: { readonly output?: string | undefined; readonly cleanup?: string | undefined },
  ) => void;
  readonly ended: (pid: number) => void;
  /** Ends the watcher and leaves what still runs alone. Settles when it will hear of that, whatever becomes of us. */
  readonly close: () => Promise<void>;
};

/** No link leads there. */
const none = '//';

/** Starts the one watcher of a run, in a session of its own so that no signal of the terminal reaches it. */
export function startWatcher(
  host: Pick<Host, 'spawn' | 'env' | 'pid' | 'stdoutIsTerminal'>,
  { marker, killed }: { readonly marker: number | undefined; readonly killed: string },
): Watcher {
  const notes = openNotes(host.pid);
  const markerFd = marker === undefined ? '' : '4';
  const child = host.spawn(['/bin/sh', '-c', script, 'watcher', killed, String(host.pid), markerFd], {
    stdio: [
      'pipe',
      'ignore',
      'ignore',
      notes?.readFd ?? 'ignore',
      marker ?? 'ignore',
      host.stdoutIsTerminal ? 1 : 'ignore',
    ],
    detached: true,
    cwd: '/',
    // An engine finds its containers by more than PATH: HOME, DOCKER_HOST, XDG_RUNTIME_DIR.
    env: host.env,
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
  /** Told with the start that mostly follows at once, or in the next turn: to write costs a short task its time. */
  let ends = '';
  const tellEnds = (next: string): void => {
    if (ends !== '' || next !== '') tell(ends + next);
    ends = '';
  };
  const withCleanup = new Set<number>();
  return {
    started: (pid, { output = none, cleanup } = {}) => {
      if (cleanup !== undefined) withCleanup.add(pid);
      tellEnds(`started ${pid} ${output} ${cleanup ?? ''}\n`);
    },
    ended: (pid) => {
      // Its number is not given away so soon, but a cleanup would be done.
      if (withCleanup.delete(pid)) return tellEnds(`ended ${pid}\n`);
      if (ends === '') setImmediate(() => tellEnds(''));
      ends += `ended ${pid}\n`;
    },
    close: async () => {
      const { stdin } = child;
      tellEnds('closed\n');
      if (!fits && stdin !== null) await new Promise<void>((resolve) => stdin.end(resolve));
      // Most runs are over before that, and their end is the end of file, too.
      else setImmediate(() => stdin?.end());
    },
  };
}
