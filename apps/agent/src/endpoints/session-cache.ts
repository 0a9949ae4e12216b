import type { Server } from "node:tls";

const MOST_SESSIONS = 4096;

/**
 * Lets clients of TLS 1.2 that take no tickets resume by session id: sessions are kept in memory, the newest ones only.
 *
 * A session proves whose key was proved when it began, and nothing of what that client may do now: that is looked up at
 * each request, as on every connection.
 */
export function keepSessions(server: Server): void {
  const sessions = new Map<string, Buffer>();
  server.on("newSession", (id: Buffer, session: Buffer, done: () => void) => {
    sessions.set(id.toString("latin1"), session);
    const [oldest] = sessions.keys();
    if (sessions.size > MOST_SESSIONS && oldest !== undefined) sessions.delete(oldest);
    done();
  });
  server.on("resumeSession", (id: Buffer, done: (error: Error | null, session: Buffer | null) => void) => {
    done(null, sessions.get(id.toString("latin1")) ?? null);
  });
}
