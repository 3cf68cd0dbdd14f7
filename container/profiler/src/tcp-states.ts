/** States of a TCP connection, as the kernel numbers them. */
export const TCP_CLOSE = 7;
/** Those that a connection reaches after it has sent its FIN. */
const SENT_FIN = new Set([4, 5, 6, 9, 11]);
/** Those that it reaches after it has received one. */
const RECEIVED_FIN = new Set([6, 8, 9, 11]);

/** Had all that a server sent been handed over when its connection, or its client's, left this state to be closed? */
export function endedInOrder(isServer: boolean, oldState: number): boolean {
  return (isServer ? SENT_FIN : RECEIVED_FIN).has(oldState);
}
