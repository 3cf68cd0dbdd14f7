import { writeFileSync } from 'node:fs';
import { type ActionResult, decodeResult, encodeResult, type StoredFile } from './action-result.ts';
import { type Client, makeClient } from './http.ts';
import type { RemoteSettings } from './settings.ts';
import type { Store } from './store.ts';
import { troubleOf } from './trouble.ts';

/** A cache server that speaks Bazel's HTTP protocol: `/ac/KEY` for results, `/cas/SHA-256` for contents. */
export type Remote = {
  /** Brings a result with all its contents into the store; undefined where the server has it not, or not whole. */
  readonly fetch: (
    key: string,
    store: Store,
    isAcceptable: (result: ActionResult) => boolean,
  ) => Promise<ActionResult | undefined>;
  /** Sends a result of the store; the work goes on meanwhile. */
  readonly send: (key: string, result: ActionResult, store: Store) => void;
  /** Waits until all is sent. */
  readonly close: () => Promise<void>;
};

type Surroundings = {
  readonly settings: RemoteSettings;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
};

/**
 * Opens a remote cache. It can only help: at the first trouble that is told once, and the rest of the run goes on without it. What
 * it has that is damaged is no such trouble: it is told once and made anew, else one entry would keep everybody from all others.
 */
export function openRemote({ settings, signal, say }: Surroundings): Remote {
  const { url, timeoutMs, mode, headers } = settings;
  const client = makeClient({ url, timeoutMs, headers, signal });
  const sending = new Set<Promise<void>>();
  const damaged = new Set<string>();
  let isDamageTold = false;
  let isGivenUp = false;
  const onDamage = (what: string, digest?: string): void => {
    if (!isDamageTold) say(`the remote cache ${withoutSecrets(url)} sent ${what}, which is not used`);
    isDamageTold = true;
    if (digest !== undefined) damaged.add(digest);
  };
  const giveUp = (error: unknown): undefined => {
    if (!isGivenUp && !signal.aborted)
      say(`the remote cache ${withoutSecrets(url)} is not used for the rest of this run: ${troubleOf(error)}`);
    isGivenUp = true;
  };
  return {
    fetch: async (key, store, isAcceptable) => {
      if (isGivenUp) return undefined;
      try {
        return await fetchResult(client, key, { store, isAcceptable, onDamage });
      } catch (error) {
        return giveUp(error);
      }
    },
    send: (key, result, store) => {
      if (isGivenUp || mode === 'read') return;
      const sent: Promise<void> = sendResult(client, key, result, { store, damaged })
        .catch(giveUp)
        .finally(() => sending.delete(sent));
      sending.add(sent);
    },
    close: async () => {
      await Promise.all(sending);
      client.close();
    },
  };
}

const parallel = 8;

type FetchOptions = {
  readonly store: Store;
  readonly isAcceptable: (result: ActionResult) => boolean;
  readonly onDamage: (what: string, digest?: string) => void;
};

async function fetchResult(
  client: Client,
  key: string,
  { store, isAcceptable, onDamage }: FetchOptions,
): Promise<ActionResult | undefined> {
  const { status, body } = await client.get(`ac/${key}`);
  if (status === 404) return undefined;
  expectOk(status);
  const result = decodeResult(body);
  if (result === undefined) onDamage('a result that is damaged or not ours');
  if (result === undefined || !isAcceptable(result)) return undefined;
  const missing = distinct(result.files).filter(({ digest, size }) => !store.has(digest, size));
  const areThere = await inParallel(missing, (file) => fetchContent(client, file, { store, onDamage }));
  if (areThere.includes(false)) return undefined;
  store.writeResult(key, result);
  return result;
}

async function fetchContent(
  client: Client,
  { digest, size, mode = 0o666 }: StoredFile,
  { store, onDamage }: Pick<FetchOptions, 'store' | 'onDamage'>,
): Promise<boolean> {
  using temporary = store.temporary();
  // Nobody may read it here who may not read the output.
  writeFileSync(temporary.path, '', { mode: (mode & 0o666) | 0o600 });
  const got = await client.getFile(`cas/${digest}`, temporary.path, size);
  if (got.status === 404) return false;
  expectOk(got.status);
  if (got.digest !== digest) {
    onDamage('content that does not match its digest', digest);
    return false;
  }
  store.adopt(temporary.path, digest);
  return true;
}

type SendOptions = { readonly store: Store; readonly damaged: ReadonlySet<string> };

/** Sends the contents first, so that no result on the server names what is not there. */
async function sendResult(
  client: Client,
  key: string,
  result: ActionResult,
  { store, damaged }: SendOptions,
): Promise<void> {
  await inParallel(distinct(result.files), async ({ digest, size }) => {
    const isThere = !damaged.has(digest) && (await client.head(`cas/${digest}`)).status === 200;
    if (!isThere) expectOk((await client.putFile(`cas/${digest}`, store.pathOf('cas', digest), size)).status);
  });
  expectOk((await client.put(`ac/${key}`, encodeResult(result))).status);
}

function expectOk(status: number): void {
  if (status < 200 || status >= 300) throw new Error(`it answered ${status}`);
}

function distinct(files: readonly StoredFile[]): readonly StoredFile[] {
  return [...new Map(files.map((file) => [file.digest, file])).values()];
}

async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) results.push(await work(item));
  };
  await Promise.all(Array.from({ length: Math.min(parallel, items.length) }, worker));
  return results;
}

function withoutSecrets(url: string): string {
  const { origin, pathname } = new URL(url);
  return pathname === '/' ? origin : `${origin}${pathname}`;
}
