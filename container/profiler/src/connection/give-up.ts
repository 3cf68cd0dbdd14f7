/** What is missing will not come any more: what came after it is taken as if that had been known when it came. */
import type { Pending, Process } from '../exchange.ts';
import { type Dialogue, isHeadComing } from './dialogue.ts';
import type { Piece } from './piece.ts';
import { takeRequest } from './requests.ts';
import { takeResponse } from './responses.ts';
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

function giveUpRequests(dialogue: Dialogue): void {
  const { requests, standing } = dialogue;
  const missedNs = dialogue.responses.waitsSince();
  if (missedNs !== undefined) standing.turns.missedAnswers(missedNs);
  const waiting = requests.takeOut().map((piece) => later(piece, () => takeRequest(dialogue, piece)));
  const answers = takeAnswers(dialogue);
  if (waiting.length > 0) loseRequests(dialogue);
  else loseAnswers(dialogue);
  takeAll([...waiting, ...answers]);
}

/** Answers that came before a request was asked are missing with those to what was asked before, and not with its own. */
function giveUpAnswers(dialogue: Dialogue, missedNs: number): void {
  const { standing, line } = dialogue;
  const asked = standing.isMatching ? line.takeSince(missedNs) : [];
  const again = asked.map((request) => ({
    timeNs: request.requestFirstNs,
    take: () => askAgain(dialogue, request),
  }));
  if (again.length > 0) standing.turns.askedLastAt(line.lastBeganNs);
  standing.turns.missedAnswers(missedNs);
  const answers = takeAnswers(dialogue);
  loseAnswers(dialogue);
  takeAll([...again, ...answers]);
  const { arriving } = dialogue;
  if (again.length > 0 && arriving !== undefined && isHeadComing(dialogue)) beginAgain(dialogue, arriving);
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

/** A request whose head was read before it was known which answers are missing. */
function askAgain(dialogue: Dialogue, request: Pending): void {
  const { standing, line, events } = dialogue;
  if (standing.isFinished) return;
  beginAgain(dialogue, request);
  standing.turns.requested();
  if (standing.isMatching) line.join(request);
  else events.lost(1);
}

function beginAgain(dialogue: Dialogue, { requestFirstNs, requestOffset }: Pending): void {
  const { standing } = dialogue;
  if (!standing.isMatching) {
    dialogue.responses.beginAnew();
    standing.isMatching = resumeAt(dialogue, requestFirstNs, requestOffset);
  }
  standing.turns.began(requestFirstNs);
}
