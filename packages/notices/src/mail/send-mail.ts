import { isIP } from "node:net";
import { rootCertificates } from "node:tls";
import { NoticeError } from "../errors.ts";
import type { NoticeText } from "../notice/notice-text.ts";
import { isMailAddress, type MailServer } from "./mail-server.ts";

const TIMEOUT_MS = 10_000;

/**
 * Sends one message of plain text over TLS: at once, or by STARTTLS, which the server must offer. Without it, or with a
 * certificate that does not hold, nothing is sent, neither message nor credentials.
 *
 * @param id - Becomes the Message-ID, so that a message that was sent twice is one to whoever reads it.
 * @throws {@link NoticeError} `C_ADDRESS`, `C_UNREACHABLE`, `C_TLS`, `C_TIMEOUT`, `C_MAIL`
 */
export async function sendMail(
  message: NoticeText & { readonly id: string; readonly to: string },
  server: MailServer,
): Promise<void> {
  if (!isMailAddress(message.to)) throw new NoticeError("C_MAIL");
  // Loaded with the first message: no start waits for it.
  const { createTransport } = await import("nodemailer");
  const transport = createTransport({
    host: server.host,
    port: server.port,
    secure: server.implicitTls,
    requireTLS: true,
    disableFileAccess: true,
    disableUrlAccess: true,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    ...(server.user === undefined ? {} : { auth: { user: server.user, pass: server.password ?? "" } }),
    tls: {
      minVersion: "TLSv1.2",
      rejectUnauthorized: true,
      ...(isIP(server.host) === 0 ? { servername: server.host } : {}),
      ...(server.ca === undefined ? {} : { ca: [...rootCertificates, server.ca] }),
    },
  });
  try {
    await transport.sendMail({
      from: server.from,
      to: message.to,
      subject: message.subject,
      text: message.text,
      messageId: `<${message.id}@${server.from.slice(server.from.indexOf("@") + 1)}>`,
      headers: { "Auto-Submitted": "auto-generated" },
    });
  } catch (error) {
    throw readFailure(error as MailFailure);
  } finally {
    transport.close();
  }
}

function readFailure({ code, originalCode, responseCode }: MailFailure): NoticeError {
  const isTls = code === "ETLS" || /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(originalCode ?? "");
  if (isTls) return new NoticeError("C_TLS");
  if (code === "EDNS" || originalCode === "ENOTFOUND") return new NoticeError("C_ADDRESS");
  if (code === "ETIMEDOUT") return new NoticeError("C_TIMEOUT");
  if (code === "EAUTH" || code === "EENVELOPE" || code === "EMESSAGE" || responseCode !== undefined)
    return new NoticeError("C_MAIL", responseCode === undefined ? {} : { status: responseCode });
  return new NoticeError("C_UNREACHABLE");
}

interface MailFailure {
  readonly code?: string;
  /** What the system or TLS said, where nodemailer has a code of its own. */
  readonly originalCode?: string;
  readonly responseCode?: number;
}
