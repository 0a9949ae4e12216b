import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import type { LoopbackIdentity } from "./loopback-identity.ts";

/** One message as it came. */
export interface ReceivedMail {
  readonly to: readonly string[];
  readonly from: string;
  readonly secure: boolean;
  readonly source: string;
}

/** A real SMTP server on loopback. */
export interface MailReceiver {
  readonly port: number;
  readonly received: ReceivedMail[];
  /** Names and passwords that were offered to it, and whether that was under TLS. */
  readonly logins: { user: string; secure: boolean }[];
  have(count: number): Promise<void>;
  close(): Promise<void>;
}

export async function startMailReceiver(
  identity: LoopbackIdentity,
  options: { readonly starttls?: boolean; readonly password?: string } = {},
): Promise<MailReceiver> {
  const received: ReceivedMail[] = [];
  const logins: { user: string; secure: boolean }[] = [];
  const waiting = new Set<() => void>();
  const { password, starttls = true } = options;
  const server = new SMTPServer({
    ...identity,
    disabledCommands: starttls ? [] : ["STARTTLS"],
    authOptional: password === undefined,
    allowInsecureAuth: true,
    onAuth(auth, session, done) {
      logins.push({ user: auth.username ?? "", secure: session.secure });
      done(auth.password === password ? null : new Error("no"), { user: auth.username });
    },
    onData(stream, session, done) {
      let source = "";
      stream.setEncoding("utf8");
      stream.on("data", (chunk: string) => {
        source += chunk;
      });
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom === false ? "" : mailFrom.address;
        received.push({ to: rcptTo.map(({ address }) => address), from, secure: session.secure, source });
        done();
        for (const look of [...waiting]) look();
      });
    },
  });
  server.on("error", () => undefined);
  const port = await new Promise<number>((resolve) => {
    const listening = server.listen(0, "127.0.0.1", () => resolve((listening.address() as AddressInfo).port));
  });
  return {
    port,
    received,
    logins,
    have: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (received.length < count) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
