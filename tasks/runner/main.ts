import { type Args, parseArgs } from './args.ts';
import { confirmTasks, offerToMend } from './ask.ts';
import { loadProject, type Project } from './config/load.ts';
import { exitCodes } from './errors.ts';
import { type Ending, endingAfter, execute, unlessLost } from './execute.ts';
import type { Host } from './host.ts';
import { handleInterrupts } from './interrupts.ts';
import { asciiMarks, inAscii } from './marks.ts';
import { makePaint } from './paint.ts';
import { type Plan, planProject } from './plan.ts';
import { openRenderer } from './render/index.ts';
import { showList } from './render/task-list.ts';
import { openSession } from './session.ts';
import { takeRoot } from './take-root.ts';
import { usage } from './usage.ts';

/** The whole program: command line in, exit code out. */
export async function main(caller: Host): Promise<number> {
  const args = parseArgs(caller.argv);
  const paint = makePaint(caller.stdoutHasColour, caller.marks);
  const hasWords = args.items.length > 0;
  if (args.flags.version) return show(caller, `${await caller.packageVersion()}\n`);
  if (args.flags.help && !hasWords) return show(caller, usage);
  // What few starts need is loaded only for them.
  if (args.flags.init) return show(caller, await (await import('./starter.ts')).init(caller));
  if (args.flags.import !== undefined)
    return show(caller, await (await import('./starter.ts')).importMakefile(caller, args.flags.import));
  if (args.flags.completion !== undefined)
    return show(caller, await (await import('./completion.ts')).complete(caller, args));
  const project = await loadProject(caller);
  const host = { ...caller, env: project.env };
  host.secrets.learn(project.config.secrets, [host.env, ...Object.values(project.dotenv)]);
  if (args.flags.help)
    return show(host, (await import('./render/task-help.ts')).describeTasks(project.config, args, host.platform));
  if (args.flags.graph !== undefined)
    return (args.flags.graph === 'json' ? showMasked : show)(
      host,
      (await import('./render/graph.ts')).showGraph(project.config, args, host),
    );
  if (args.flags.list || (!hasWords && args.rest.length === 0))
    return (args.flags.output === 'json' ? showMasked : show)(host, showList(project.config, args, host, paint));
  const plan = planProject(host, project, args);
  if (args.flags.dryRun) {
    const { foresee } = await import('./fresh/foresee.ts');
    const forecasts = await foresee(openSession(host, project, args.flags), plan);
    if (args.flags.output === 'json')
      return showMasked(host, (await import('./render/dry-run-json.ts')).planAsJson(plan, forecasts, host.secrets));
    const { describePlan } = await import('./render/dry-run.ts');
    return show(host, describePlan(plan, project.config, { paint, forecasts }));
  }
  if (args.flags.watch) (await import('./watch/refuse.ts')).refuseToWatch(plan);
  await confirmTasks(host, plan, args.flags);
  if (args.flags.watch) return await (await import('./watch.ts')).watch(caller, { project, plan, args });
  const first = await carryOut(host, { project, plan, args, fix: args.flags.fix });
  const mayMend = !args.flags.fix && (await offerToMend(host, first.unmet));
  return mayMend ? (await carryOut(host, { project, plan, args, fix: true })).exit : first.exit;
}

/** What is asked for is the text itself, so that one which cannot be written is no success. */
function show(host: Host, text: string): number {
  return showMasked(host, host.secrets.mask(host.marks === asciiMarks ? inAscii(text) : text));
}

function showMasked(host: Host, text: string): number {
  host.writeMasked(text);
  return host.outputHasFailed() ? exitCodes.machine : exitCodes.ok;
}

type Undertaking = { readonly project: Project; readonly plan: Plan; readonly args: Args; readonly fix: boolean };

async function carryOut(host: Host, { project, plan, args, fix }: Undertaking): Promise<Ending> {
  const session = openSession(host, project, args.flags);
  using _ = handleInterrupts(session);
  await takeRoot(session, plan);
  if (plan.doctor !== undefined)
    return await (await import('./doctor/diagnose.ts')).diagnose(session, plan.doctor, { fix });
  const renderer = await openRenderer(host, plan, args.flags);
  host.foreignCode.showRest = () => {
    for (const event of session.events.takeRest()) renderer.on(event);
    void renderer.end();
  };
  let ending: Ending = { exit: exitCodes.ok, unmet: [] };
  for await (const event of execute(session, plan, { fix })) {
    renderer.on(event);
    ending = endingAfter(ending, event);
  }
  await renderer.end();
  return args.flags.output === 'json' ? unlessLost(ending, host) : ending;
}
