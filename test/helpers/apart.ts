/** Two signals that come sooner one after another are taken for one. */
export const apart = (): Promise<void> => new Promise((settle) => setTimeout(settle, 200));
