/**
 * The images that ours are built on: official ones by exact version, or, where no registry answers, the same
 * things made from the distribution's packages under a name of our own.
 */
import type { Context, Platform } from 'zx-tasks';

const nodeVersion = '24.21.0';
export const npmVersion = '11.19.1';
export const debianSuite = 'bookworm';

export type BaseImage = {
  /** The build argument that replaces it, which is also an environment variable of the caller. */
  readonly buildArg: 'DEBIAN_IMAGE' | 'NODE_IMAGE';
  readonly official: string;
  readonly bootstrapped: string;
};

export const baseImages: readonly BaseImage[] = [
  {
    buildArg: 'DEBIAN_IMAGE',
    official: 'docker.io/library/debian:12.12-slim',
    bootstrapped: `localhost/tasks-base/debian:${debianSuite}`,
  },
  {
    buildArg: 'NODE_IMAGE',
    official: `docker.io/library/node:${nodeVersion}-bookworm-slim`,
    bootstrapped: `localhost/tasks-base/node:${nodeVersion}`,
  },
];

/** Which image the caller named in its place; an empty variable names none. */
export function chosenImage(env: Context['env'], { buildArg }: BaseImage): string | undefined {
  return env[buildArg] || undefined;
}

/** The npm package that carries Node's binary for a machine. */
export function nodePackage(platform: Platform): string {
  return `node-linux-${platform.arch}@${nodeVersion}`;
}
