/** What the stack is called, in one place. The strings are a contract with users' habits and documents. */
import { STATUS, TEXT_TRACE } from '../../container/profiler/src/file-names.ts';

export const project = 'profiler';
export const composeFile = 'container/docker-compose.yml';
/** What the profiler needs besides on kernels before 5.11. */
export const oldKernelsFile = 'container/docker-compose.old-kernels.yml';
/** What it needs besides where SELinux confines containers. */
export const selinuxFile = 'container/docker-compose.selinux.yml';
export const tracesFolder = 'container/traces';
export const tracePath = `${tracesFolder}/${TEXT_TRACE}`;
export const statusPath = `${tracesFolder}/${STATUS}`;
export const network = 'profiler_default';

export const services = ['app', 'profiler'] as const;
export type Service = (typeof services)[number];

export const containerNames: Readonly<Record<Service, string>> = {
  app: 'profiler-app-1',
  profiler: 'profiler-profiler-1',
};

export const images = {
  app: 'localhost/profiler-app',
  profiler: 'localhost/profiler-profiler',
  toolchain: 'localhost/profiler-toolchain',
} as const;

/** The label by which compose providers tell a project's containers. */
export const projectLabel = 'com.docker.compose.project';
/** The label of a container in which a check tries something; the value is the check's folder. */
export const checkLabel = 'io.tasks.check';
/** What checks build and remove again; an interrupted one leaves it. Nobody ever makes `none`. */
export const checkImages = {
  start: 'localhost/tasks-check-start',
  build: 'localhost/tasks-check-build',
  none: 'localhost/tasks-check-none',
} as const;

/** The label that says which checkout started a container; the value is the checkout's absolute path. */
export const rootLabel = 'io.tasks.root';
/** The label that says with which settings, so that `up` replaces a container whose settings changed. */
export const settingsLabel = 'io.tasks.settings';

/** Where it listens within its container. */
export const appPortInside = 8080;

/** The port on 127.0.0.1 where the application answers; `APP_PORT` changes it, unless it is empty. NaN where it names no port. */
export function appPort(env: Readonly<Record<string, string | undefined>>): number {
  const port = Number(env.APP_PORT || '8080');
  return Number.isInteger(port) && port > 0 && port < 65536 ? port : Number.NaN;
}
