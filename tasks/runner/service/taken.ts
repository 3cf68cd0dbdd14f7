import type { Sign } from '../config/types.ts';
import type { Failure } from '../events.ts';
import { listenerOn } from '../process/listener.ts';
import type { Session } from '../session.ts';
import { type Address, isSameAddress, ownAddressOf } from './address.ts';
import { httpProblem, tcpProblem } from './signs.ts';

/** A service of a run whose process runs or is about to. */
export type Known = {
  readonly task: string;
  readonly signs: readonly Sign[];
  isReady: boolean;
};

/** How long what has just been ended, in another run too, may go on to answer. */
const patienceMs = 1_000;
const pauseMs = 100;
const lookMs = 1_000;

type Options = { readonly session: Session; readonly self: Known; readonly signal: AbortSignal };
type Finding = Pick<Failure, 'message' | 'remedy'>;
type Place = { readonly sign: Sign; readonly address: Address };

/**
 * Looks, before a service is started, whether somebody else answers where it is to answer: it would be taken for ready
 * because of that. Only this machine is asked; what is told of another place may be there already.
 */
export async function whoAnswers({ session, self, signal }: Options): Promise<Finding | undefined> {
  const { host, table, services } = session;
  const earlier = [...services].filter((other) => other !== self);
  const deadlineMs = host.clockMs() + patienceMs;
  for (const place of placesOf(self)) {
    while (!signal.aborted) {
      const other = earlier.find((known) => services.has(known) && mayAnswer(known, place));
      const isStarting = other?.isReady === false;
      if (!isStarting && !(await answers(place, signal))) break;
      if (other !== undefined) return sibling(place, other);
      const mayEnd = table.isClearing() || host.clockMs() < deadlineMs;
      if (!mayEnd) return stranger(place);
      await host.sleep(pauseMs);
    }
  }
  return undefined;
}

function placesOf({ signs }: Known): readonly Place[] {
  return signs.flatMap((sign) => {
    const address = ownAddressOf(sign);
    return address === undefined ? [] : [{ sign, address }];
  });
}

/** Two URLs of one server may be the signs of two services, as of one that tells the other that it has come. */
function mayAnswer(known: Known, { sign, address }: Place): boolean {
  return placesOf(known).some((place) => {
    const areTwoUrls = place.sign.kind === 'http' && sign.kind === 'http' && place.sign.value !== sign.value;
    return isSameAddress(place.address, address) && (known.isReady || !areTwoUrls);
  });
}

/** Whether the sign is there. A port on which nobody listens is quickly asked. */
async function answers({ sign, address }: Place, signal: AbortSignal): Promise<boolean> {
  if ((await tcpProblem(address, { signal, lookMs })) !== undefined) return false;
  return sign.kind === 'tcp' || (await httpProblem(sign.value, { signal, lookMs })) === undefined;
}

function sibling(place: Place, { task }: Known): Finding {
  return {
    message: `${inWords(place)} is where the service \`${task}\` answers, which would be mistaken for this one`,
    remedy: 'give one of them another port',
  };
}

function stranger(place: Place): Finding {
  const { port } = place.address;
  const listener = listenerOn(port);
  const who = listener === undefined ? 'something' : `\`${listener.name}\` (pid ${listener.pid})`;
  const end =
    listener === undefined
      ? `end what listens there (\`lsof -nP -iTCP:${port} -sTCP:LISTEN\` names it)`
      : `end it (\`kill ${listener.pid}\`)`;
  return {
    message: `${who} answers at ${inWords(place)} already, and would be mistaken for the service`,
    remedy: `${end}, or give the service another port`,
  };
}

function inWords({ sign }: Place): string {
  return /^\d+$/.test(sign.value) ? `port ${sign.value}` : `\`${sign.value}\``;
}
