import { withoutOutputs } from './marks.ts';
import { type Quote, quoteAfter } from './quotes.ts';
import type { Automatic } from './references.ts';

/** Where a text stands that is filled in. */
export type Scope = {
  /** What is written: text for the config, or words with every variable filled in. */
  readonly form: 'config' | 'words' | 'words as without an environment';
  readonly before: number;
  readonly trail: readonly string[];
  readonly automatic?: Automatic | undefined;
  /** Filled with the variables of the caller's environment that were met. */
  readonly environment: string[];
  readonly isInline?: boolean;
  /** What stands for all that is not known. */
  readonly unknown?: string;
  /** Of the shell, in which the text stands, and all that stands before it. */
  readonly quote: Quote;
  readonly start: string;
  readonly onEnvironment?: ((met: readonly string[], quote: Quote, before: string) => void) | undefined;
};

/** Where the text of a recipe begins. */
export const outermost: Pick<Scope, 'before' | 'trail' | 'quote' | 'start'> = {
  before: Number.POSITIVE_INFINITY,
  trail: [],
  quote: '',
  start: '',
};

/** Where the shell stands behind a text. */
export function placeAfter(before: string, { quote, start }: Scope): Pick<Scope, 'quote' | 'start'> {
  return { quote: quoteAfter(withoutOutputs(before), quote), start: start + before };
}

/** Where a reference stands, behind what stands before it. */
export function innerOf(scope: Scope, before: string): Scope {
  return { ...scope, ...placeAfter(before, scope), environment: [] };
}

/** Hands on what was met of the caller's environment. */
export function tellOf({ environment, quote, start }: Scope, scope: Scope): void {
  scope.environment.push(...environment);
  if (environment.length > 0) scope.onEnvironment?.(environment, quote, start);
}
