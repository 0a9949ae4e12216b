/** A mail server that takes messages, always over TLS. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** `smtps`: TLS at once. Otherwise STARTTLS, which must be offered. */
  readonly implicitTls: boolean;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** The sender's address. */
  readonly from: string;
  /** PEM of a company's own authorities, trusted besides the public ones. */
  readonly ca?: string | undefined;
}

const ADDRESS =
  /^[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

/** Whether a text is one plain mail address: no list, no name, no quoting, nothing that a header could be made of. */
export function isMailAddress(text: string): boolean {
  return text.length <= 254 && ADDRESS.test(text) && !text.includes("..");
}

/** Reads `smtp://[USER@]HOST[:PORT]` (STARTTLS) or `smtps://…` (TLS at once); a password never stands in it. Null for any other. */
export function findMailServer(text: string): Pick<MailServer, "host" | "port" | "implicitTls" | "user"> | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const { protocol, hostname, password, pathname, search, hash } = url;
  if (!["smtp:", "smtps:"].includes(protocol) || hostname === "" || password !== "") return null;
  if (!["", "/"].includes(pathname) || search !== "" || hash !== "") return null;
  const implicitTls = protocol === "smtps:";
  return {
    host: hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? (implicitTls ? 465 : 587) : Number(url.port),
    implicitTls,
    ...(url.username === "" ? {} : { user: decodeURIComponent(url.username) }),
  };
}
