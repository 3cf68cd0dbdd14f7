/** Names that the validator leaves out of every map, without a word. */
export const reservedNames: readonly string[] = ['__proto__', 'constructor', 'prototype'];
