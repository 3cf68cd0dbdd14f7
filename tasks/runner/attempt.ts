/** What a look at the system gives, or else what is taken for it: what is looked at may be gone, or not ours to see. */
export function attempt<Value, Otherwise>(look: () => Value, otherwise: Otherwise): Value | Otherwise {
  try {
    return look();
  } catch {
    return otherwise;
  }
}
