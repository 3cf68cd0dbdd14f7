import * as v from 'valibot';
import { durationMs, longestMs } from './units.ts';

/* What the schemas of the config are made of: texts with a description, names, durations. */

export const about = <Schema extends v.GenericSchema>(schema: Schema, text: string) =>
  v.pipe(schema, v.description(text) as v.DescriptionAction<v.InferOutput<Schema>, string>);
export const text = (description: string) => v.optional(about(v.string(), description));
export const notEmpty = v.pipe(v.string(), v.regex(/\S/, 'it cannot be empty'));
export const filled = (description: string) => v.optional(about(notEmpty, description));
export const yes = (description: string) => v.optional(about(v.boolean(), description));
export const texts = (description: string) => v.optional(about(v.array(v.string()), description));
const nameRule = /^[A-Za-z0-9][A-Za-z0-9_.:-]*$/;
export const name = v.pipe(
  v.string(),
  v.regex(nameRule, 'a name is letters, digits and `_ . : -`, and begins with a letter or digit'),
);
export const identifier = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z][A-Za-z0-9_-]*$/, 'a name is letters, digits, `_` and `-`, and begins with a letter'),
);
const platformRule = /^[a-z0-9]+(-[a-z0-9]+)?$/;
export const variable = v.pipe(v.string(), v.regex(/^[^=]+$/, 'a variable has a name, without `=` in it'));
export const platform = v.pipe(v.string(), v.regex(platformRule, 'a platform is written `linux` or `darwin-arm64`'));
export const duration = v.pipe(
  v.string(),
  v.regex(/^\d+(ms|s|m|h)$/, 'a duration is written `500ms`, `30s`, `5m` or `1h`'),
  v.check((text) => durationMs(text) <= longestMs, 'a duration is at most 24 days: `576h`'),
);
export const scalar = v.union([v.string(), v.number(), v.boolean()]);
export const wholeFrom1 = v.pipe(v.number(), v.integer('a whole number'), v.minValue(1, 'at least 1'));
export const oneOrMany = v.union([v.string(), v.array(v.string())]);
export const httpUrl = v.pipe(
  v.string(),
  v.regex(/^https?:\/\//, 'a URL begins with `http://` or `https://`'),
  v.check((url) => URL.canParse(url), 'this is no URL, such as `https://cache.example.org/team`'),
);
