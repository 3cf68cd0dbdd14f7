/** Where the server of a guest listens. */
export const PORT = 22_000;
export const SOCKET = '/tmp/server.sock';
