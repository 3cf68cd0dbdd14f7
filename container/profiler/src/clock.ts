/** From the kernel's boot clock, which goes on in suspend, to wall-clock text. */

export type Clock = {
  /** Microseconds since 1970 of a time of the kernel. */
  readonly wallUs: (bootNs: number) => number;
  /** Now, on the kernel's clock. */
  readonly nowNs: () => number;
  /** The wall clock may have been set: looks again. */
  readonly adjust: () => void;
};

/** `readBootTime` gives the wall-clock nanoseconds at boot, `readNow` those since. */
export function createClock(readBootTime: () => bigint, readNow: () => bigint): Clock {
  let bootUs = 0;
  const adjust = (): void => {
    bootUs = Number(readBootTime() / 1000n);
  };
  adjust();
  return { adjust, nowNs: () => Number(readNow()), wallUs: (bootNs) => bootUs + Math.floor(bootNs / 1000) };
}

const DIGITS = Array.from({ length: 1000 }, (_, index) => String(index).padStart(3, '0'));
let second = -1;
let secondText = '';

/** `2026-11-22T12:09:02.123456Z`; the part that seldom changes is kept. */
export function formatTime(wallUs: number): string {
  const seconds = Math.floor(wallUs / 1_000_000);
  if (seconds !== second) {
    second = seconds;
    secondText = new Date(seconds * 1000).toISOString().slice(0, 20);
  }
  return `${secondText}${sixDigits(wallUs - seconds * 1_000_000)}Z`;
}

/** Nanoseconds as milliseconds with three decimals: `12.345`. */
export function formatMs(ns: number): string {
  const micros = Math.round(ns / 1000);
  const millis = Math.floor(micros / 1000);
  return `${millis}.${DIGITS[micros - millis * 1000]}`;
}

/** The same with six decimals: exactly, and without the long way of printing a fraction. */
export function formatExactMs(ns: number): string {
  const millis = Math.floor(ns / 1_000_000);
  return `${millis}.${sixDigits(ns - millis * 1_000_000)}`;
}

function sixDigits(value: number): string {
  const thousands = Math.floor(value / 1000);
  return `${DIGITS[thousands]}${DIGITS[value - thousands * 1000]}`;
}
