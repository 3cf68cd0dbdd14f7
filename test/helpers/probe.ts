/** A machine that is only told about: every command, file and program that a check may ask for, and nothing else. */

import type { Check, CheckResult, Engine, Probe, Ran } from 'zx-tasks';
import { satisfies } from '../../tasks/runner/versions.ts';

export type Told = {
  /** `command as typed` → what it printed (code 0), or the whole answer. */
  readonly commands?: Readonly<Record<string, string | Partial<Ran>>>;
  /** Programs on PATH. */
  readonly programs?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly writable?: readonly string[];
  readonly engine?: Partial<Engine>;
  readonly env?: Readonly<Record<string, string>>;
  readonly platform?: 'linux-x64' | 'darwin-arm64' | 'darwin-x64';
  readonly pretended?: boolean;
  readonly root?: string;
  readonly uid?: number;
  readonly isTerminal?: boolean;
  /** Everywhere, or by folder. */
  readonly freeBytes?: number | Readonly<Record<string, number>>;
  readonly listening?: readonly number[];
};

export function probeOf(told: Told): Probe {
  const [os = '', arch = ''] = (told.platform ?? 'linux-x64').split('-');
  return {
    platform: { os, arch, pretended: told.pretended ?? false },
    env: told.env ?? {},
    user: { uid: told.uid ?? 0, gid: told.uid ?? 0 },
    root: told.root ?? '/project',
    signal: new AbortController().signal,
    isTerminal: told.isTerminal ?? false,
    run: async (command) => answer(told, command.join(' ')),
    ask: async (command) => answer(told, command.join(' ')),
    read: async (path) => told.files?.[path],
    exists: async (path) => told.files?.[path] !== undefined,
    writable: async (path) => (told.writable ?? []).includes(path),
    which: async (name) => ((told.programs ?? []).includes(name) ? `/usr/bin/${name}` : undefined),
    engine: async () => (told.engine === undefined ? undefined : engineOf(told.engine)),
    scratch: async () => '/scratch',
    freeBytes: async (path) => (typeof told.freeBytes === 'object' ? told.freeBytes[path] : told.freeBytes),
    listens: async (port) => (told.listening ?? []).includes(port),
    satisfies,
  };
}

/** The check of that id in a file's list. */
export function checkOf(checks: readonly Check[], id: string): (told: Told) => Promise<CheckResult> {
  const check = checks.find((each) => each.id === id);
  if (check === undefined) throw new Error(`no check ${id}; there are ${checks.map((each) => each.id).join(', ')}`);
  return (told) => check.run(probeOf(told));
}

export function engineOf(engine: Partial<Engine>): Engine {
  return {
    name: 'podman',
    version: '4.3.1',
    command: ['podman'],
    elevate: (command) => command,
    rootful: true,
    disguised: false,
    info: { command: 'podman info --format json', code: 0, stdout: '{}', stderr: '', tookMs: 1 },
    ...engine,
  };
}

function answer(told: Told, command: string): Ran {
  const said = told.commands?.[command];
  if (said === undefined) throw new Error(`the check ran what the test did not expect: ${command}`);
  const given = typeof said === 'string' ? { code: 0, stdout: said } : said;
  return { command, code: 0, stdout: '', stderr: '', tookMs: 1, ...given };
}

/** Runs checks as a tree and gives `ID summary` of each that fails by itself. */
export async function rootCauses(checks: readonly Check[], probe: Probe): Promise<readonly string[]> {
  const failed = new Map<string, string | undefined>();
  const visit = async (check: Check): Promise<void> => {
    if (failed.has(check.id) || check.platforms?.includes(probe.platform.os) === false) return;
    const needs = checks.filter((other) => check.needs?.includes(other.id));
    for (const need of needs) await visit(need);
    const follows = needs.some((need) => failed.get(need.id) !== undefined);
    const result = follows ? undefined : await check.run(probe);
    const isUnmet = result?.outcome === 'fail' || result?.outcome === 'could-not-check';
    failed.set(check.id, follows ? '' : isUnmet ? `${check.id} ${result.summary}` : undefined);
  };
  for (const check of checks) await visit(check);
  return [...failed.values()].filter((said) => said !== undefined && said !== '') as string[];
}
