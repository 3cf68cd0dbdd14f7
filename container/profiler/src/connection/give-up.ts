/** What is missing will not come any more: what came after it is taken as if that had been known when it came. */
import type { Pending, Process } from '../exchange.ts';
import { type Dialogue, isHeadComing } from './dialogue.ts';
import type { Piece } from './piece.ts';
import { takeRequest } from './requests.ts';
import { takeEarly, takeResponse } from './responses.ts';
import { loseAnswers, loseRequests, resumeAt } from './step.ts';

/** What came behind the gap, to be taken again in the order in which it came. */
type Later = { readonly timeNs: number; readonly take: () => void };

/** Where both streams have a gap, the one that was met first. */
export function giveUp(dialogue: Dialogue): void {
  const { requests, responses } = dialogue;
  const askedNs = requests.waitsSince();
  const missedNs = responses.waitsSince();
  if (missedNs !== undefined && (askedNs === undefined || missedNs < askedNs)) giveUpAnswers(dialogue, missedNs);
  else giveUpRequests(dialogue);
}

/** Bytes of requests are missing. */
export function giveUpRequests(dialogue: Dialogue): void {
  const { requests, standing } = dialogue;
  const missedNs = dialogue.responses.waitsSince();
  if (missedNs !== undefined) standing.turns.missedAnswers(missedNs);
  const waiting = requests.takeOut().map((piece) => later(piece, () => takeRequest(dialogue, piece)));
  const answers = takeAnswers(dialogue);
  loseRequests(dialogue);
  takeAll([...waiting, ...answers]);
}

/** What was asked after what waits had come is not lost with it: it is taken again behind that. */
function giveUpAnswers(dialogue: Dialogue, missedNs: number): void {
  const { standing, line, arriving } = dialogue;
  const asked = standing.isMatching ? line.takeSince(missedNs) : [];
  const isHeadLater = arriving !== undefined && isHeadComing(dialogue) && arriving.requestFirstNs > missedNs;
  const again = isHeadLater ? [...asked, arriving] : asked;
  if (again.length > 0) standing.turns.askedLastAt(line.lastBeganNs, again.length);
  standing.turns.missedAnswers(missedNs);
  const answers = takeAnswers(dialogue);
  loseAnswers(dialogue);
  // Nothing came of it yet when those answers did.
  if (arriving !== undefined && again.includes(arriving)) dialogue.arriving = undefined;
  const requests = again.map((request) => ({
    timeNs: request.requestFirstNs,
    take: () => {
      if (request === arriving) dialogue.arriving = request;
      askAgain(dialogue, request);
    },
  }));
  takeAll([...requests, ...answers]);
}

function takeAnswers(dialogue: Dialogue): readonly Later[] {
  const pieces = [...dialogue.early.takeOut(), ...dialogue.responses.takeOut()];
  return pieces.map((piece) =>
    later(piece, () => {
      dialogue.standing.turns.came(piece);
      takeResponse(dialogue, piece);
    }),
  );
}

function later({ timeNs }: Piece<Process>, take: () => void): Later {
  return { timeNs, take };
}

function takeAll(waiting: readonly Later[]): void {
  for (const { take } of [...waiting].sort((one, other) => one.timeNs - other.timeNs)) take();
}

/** A request that was read before it was known which answers are missing. */
function askAgain(dialogue: Dialogue, request: Pending): void {
  const { standing, line, events } = dialogue;
  if (standing.isFinished) return;
  if (!standing.isMatching) {
    dialogue.responses.beginAnew();
    standing.isMatching = resumeAt(dialogue, request);
  }
  standing.turns.began(request.requestFirstNs);
  if (!request.isAdmitted) return;
  if (!standing.isMatching) {
    events.lost(1);
    return;
  }
  line.join(request);
  takeEarly(dialogue);
}
