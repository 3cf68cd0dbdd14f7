/** How images are built. */
import type { Engine } from 'zx-tasks';

/** Docker’s command before 23 would take a builder that knows no secrets. Newer ones build with their plug-in buildx alone, and with this they say so where it is missing. */
export function buildCommand(engine: Engine): readonly string[] {
  const isDocker = engine.name === 'docker' && !engine.disguised;
  return isDocker ? engine.elevate(['env', 'DOCKER_BUILDKIT=1', 'docker', 'build']) : [...engine.command, 'build'];
}
