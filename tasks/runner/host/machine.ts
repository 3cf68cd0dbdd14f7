import { hostname, userInfo } from 'node:os';
import { attempt } from '../attempt.ts';
import { usageError } from '../errors.ts';
import type { Env, User } from '../host.ts';
import type { Platform } from '../script.ts';

/** The real machine, or the one that `TASKS_PLATFORM` names. */
export function readPlatform(env: Env): Platform {
  const { platform: os, arch } = process;
  const wanted = env.TASKS_PLATFORM;
  if (wanted === undefined || wanted === '') return { os, arch, pretended: false };
  const [, pretendedOs, pretendedArch] = /^([a-z0-9]+)-([a-z0-9]+)$/.exec(wanted) ?? [];
  if (pretendedOs === undefined || pretendedArch === undefined) {
    throw usageError(`\`TASKS_PLATFORM\` is written as \`darwin-arm64\`, not \`${wanted}\``);
  }
  return { os: pretendedOs, arch: pretendedArch, pretended: pretendedOs !== os || pretendedArch !== arch };
}

/** Undefined where the platform has no users. */
export function readUser(): User | undefined {
  const uid = process.getuid?.();
  const gid = process.getgid?.();
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
}

/** A user whom the system's list does not know has no name. */
export function ownNames(): { readonly machine: string; readonly user: string | undefined } {
  return { machine: hostname(), user: attempt(() => userInfo().username, undefined) };
}
