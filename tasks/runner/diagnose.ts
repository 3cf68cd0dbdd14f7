import { constants } from 'node:os';
import { isUnmet } from './checks.ts';
import { type Diagnosis, examine } from './doctor.ts';
import type { Ending } from './execute.ts';
import { makePaint } from './paint.ts';
import type { DoctorRequest } from './plan.ts';
import { diagnosisAsJson, diagnosisAsText } from './render/doctor.ts';
import { makePlainRenderer } from './render/plain.ts';
import type { Session } from './session.ts';

/** The task `doctor`: examines, mends with `fix`, and prints one report. What fixes say goes elsewhere with `--json`. */
export async function diagnose(
  session: Session,
  request: DoctorRequest,
  options: { readonly fix: boolean },
): Promise<Ending> {
  const { host, events, table, platform } = session;
  const write = request.json ? host.writeError : host.write;
  const renderer = makePlainRenderer(
    { write, stdoutHasColour: host.stdoutHasColour && !request.json },
    { quiet: false, verbose: false },
  );
  const examination = examine(session, request, options).finally(events.close);
  for await (const event of events) renderer.on(event);
  const diagnosis = await examination;
  await table.close();
  host.write(
    request.json
      ? diagnosisAsJson(diagnosis, platform)
      : diagnosisAsText(diagnosis, platform, makePaint(host.stdoutHasColour)),
  );
  return endingOf(session, diagnosis);
}

function endingOf({ state }: Session, { exit, reports }: Diagnosis): Ending {
  if (state.interruptedBy !== undefined) return { exit: 128 + constants.signals[state.interruptedBy], unmet: [] };
  return { exit, unmet: reports.filter(isUnmet) };
}
