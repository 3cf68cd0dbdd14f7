import { isUnmet } from '../checks/report.ts';
import { isOwnWord } from '../events.ts';
import { type Ending, unlessLost } from '../execute.ts';
import { exitOfSignal } from '../host.ts';
import { makePaint } from '../paint.ts';
import type { DoctorRequest } from '../plan/doctor.ts';
import { namedChecks } from '../plan/named-checks.ts';
import { diagnosisAsChecklist } from '../render/doctor/checklist.ts';
import { describeCheck, listChecks } from '../render/doctor/checks.ts';
import { annotations } from '../render/doctor/github.ts';
import { diagnosisAsMarkdown } from '../render/doctor/markdown.ts';
import { diagnosisAsJson, diagnosisAsText } from '../render/doctor/report.ts';
import { protectText } from '../render/github/commands.ts';
import { makePlainRenderer } from '../render/plain.ts';
import { makeRedactor } from '../secrets/redact.ts';
import type { Session } from '../session.ts';
import { asWritten } from '../text/safe-text.ts';
import { type Diagnosis, examine } from './examine.ts';

/** The task `doctor`: examines, mends with `fix`, and prints one report; or tells of the checks without running them. */
export async function diagnose(
  session: Session,
  request: DoctorRequest,
  options: { readonly fix: boolean },
): Promise<Ending> {
  const isQuestion = request.format === 'checks' || request.format === 'about';
  return isQuestion ? await tellOfChecks(session, request) : await report(session, request, options);
}

async function tellOfChecks({ host, checks, config, table }: Session, request: DoctorRequest): Promise<Ending> {
  const names = namedChecks(config, request.words);
  const chosen = (await checks.list()).filter((check) => names.includes(check.name));
  const paint = makePaint(host.stdoutHasColour, host.marks);
  host.write(request.format === 'about' ? chosen.map(describeCheck).join('\n') : listChecks(chosen, paint));
  await table.close();
  return { exit: 0, unmet: [] };
}

/** What fixes say goes to stderr where stdout is a document. */
async function report(session: Session, request: DoctorRequest, options: { readonly fix: boolean }): Promise<Ending> {
  const { host, events, table } = session;
  const isDocument = request.format !== 'text';
  const isOnGithub = host.env.GITHUB_ACTIONS === 'true';
  const tell = isDocument ? host.writeError : host.write;
  const token = host.randomId();
  // What tools have said is in what fixes print, and in the report.
  const say = isOnGithub ? (text: string) => tell(protectText(text, token)) : tell;
  const renderer = makePlainRenderer(
    { write: say, stdoutHasColour: host.stdoutHasColour && !isDocument, marks: host.marks },
    { tasks: [], jobs: 1 },
    { quiet: false, verbose: false },
  );
  const examination = examine(session, request, options).finally(events.close);
  for await (const event of events) renderer.on(event);
  const diagnosis = await examination;
  await table.close();
  const text = await inFormat(session, request, diagnosis);
  if (request.format === 'json') host.writeMasked(text);
  else (isDocument ? host.write : say)(text);
  if (isOnGithub) await tellGithub(session, diagnosis, tell);
  // What was asked for is the report itself.
  return unlessLost(endingOf(session, diagnosis), host);
}

async function inFormat({ host, root }: Session, request: DoctorRequest, found: Diagnosis): Promise<string> {
  const { platform, secrets } = host;
  const redact = makeRedactor({ env: host.env, root, names: host.ownNames() });
  switch (request.format) {
    case 'json':
      return diagnosisAsJson(found, platform, (key, text) =>
        isOwnWord(key, text) ? text : redact.secrets(secrets.mask(text)),
      );
    case 'markdown':
      return asWritten(redact.all(diagnosisAsMarkdown(found, platform, await host.packageVersion())));
    case 'checklist':
      return asWritten(redact.all(diagnosisAsChecklist(found, platform)));
    default:
      return diagnosisAsText(found, platform, makePaint(host.stdoutHasColour, host.marks));
  }
}

/** Annotations for root causes, and the whole report in the job's summary. */
async function tellGithub(session: Session, found: Diagnosis, say: (text: string) => void): Promise<void> {
  const { host, root } = session;
  const redact = makeRedactor({ env: host.env, root, names: host.ownNames() });
  say(redact.secrets(annotations(found)));
  const summary = host.env.GITHUB_STEP_SUMMARY;
  if (summary === undefined || summary === '') return;
  await host.appendText(summary, redact.all(diagnosisAsMarkdown(found, host.platform, await host.packageVersion())));
}

function endingOf({ state }: Session, { exit, reports }: Diagnosis): Ending {
  if (state.interruptedBy !== undefined) return { exit: exitOfSignal(state.interruptedBy), unmet: [] };
  return { exit, unmet: reports.filter(isUnmet) };
}
