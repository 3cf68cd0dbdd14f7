/** What a check looks at, and what is said where that is not there. */
import type { CheckResult, Engine, Probe } from 'zx-tasks';
import { type EngineInfo, readEngineInfo } from './engine-info.ts';

type Judged = CheckResult | Promise<CheckResult>;
type Run = (probe: Probe) => Promise<CheckResult>;

/** For a check that is asked after the engine has answered. */
export function withEngine(judge: (probe: Probe, engine: Engine) => Judged): Run {
  return async (probe) => {
    const engine = await probe.engine();
    return engine === undefined ? stoppedAnswering : judge(probe, engine);
  };
}

/** The same, with what the engine says of itself. */
export function withEngineInfo(judge: (probe: Probe, info: EngineInfo, engine: Engine) => Judged): Run {
  return withEngine(async (probe, engine) => {
    const info = await readEngineInfo(probe, engine);
    return info === undefined ? stoppedAnswering : judge(probe, info, engine);
  });
}

/** For a check of Podman's machine. */
export function withPodman(judge: (probe: Probe) => Judged): Run {
  return async (probe) => {
    if ((await probe.which('podman')) !== undefined) return judge(probe);
    return { outcome: 'skip', summary: 'Podman is not installed; Docker is used instead' };
  };
}

const stoppedAnswering: CheckResult = {
  outcome: 'could-not-check',
  summary: 'the engine stopped answering during the check',
  cause: 'it answered a moment ago',
};
