import { createHash } from "node:crypto";
import { AcmeError, wordsOf } from "./acme-error.ts";
import { type AcmeSession, objectIn } from "./acme-session.ts";
import type { DnsRecords } from "./dns-records.ts";

/** What is ordered, and how long is waited. */
export interface OrderParts {
  readonly session: AcmeSession;
  readonly name: string;
  /** Base64url of the request's DER. @see RFC 8555 section 7.4 */
  readonly csr: string;
  readonly dns: DnsRecords;
  /** Waits, in seconds; a test's is over at once. */
  readonly wait: (seconds: number) => Promise<void>;
}

type Json = Record<string, unknown>;

const POLLS = 60;
const USUAL_WAIT_SECONDS = 3;
const LONGEST_WAIT_SECONDS = 60;
const TOKEN = /^[A-Za-z0-9_-]{22,128}$/;

/**
 * Orders a certificate for one name, proving it by a DNS record, and takes the chain. What is installed is checked elsewhere.
 *
 * The server is trusted with nothing but the certificate: it is asked for one name, and every record is taken away again.
 *
 * @returns PEM, the page's own certificate first
 * @throws {@link AcmeError}
 * @see RFC 8555 sections 7.4 and 8.4
 */
export async function orderCertificate(parts: OrderParts): Promise<string> {
  const { session, name, csr, wait } = parts;
  const placed = await session.post(session.directory.newOrder, { identifiers: [{ type: "dns", value: name }] });
  const place = placed.header("location");
  let order = objectIn(placed);
  if (place === null) throw new AcmeError("E_ACME", "The ACME server names no order.");
  for (const url of textsIn(order["authorizations"])) await authorise(parts, url);
  order = await until(session, place, ["ready", "valid"], wait);
  if (order["status"] === "ready") {
    await session.post(textIn(order["finalize"]), { csr });
    order = await until(session, place, ["valid"], wait);
  }
  const { text } = await session.get(textIn(order["certificate"]), "application/pem-certificate-chain");
  return text;
}

async function authorise({ session, name, dns, wait }: OrderParts, url: string): Promise<void> {
  const authorization = objectIn(await session.get(url));
  const { type, value } = (authorization["identifier"] ?? {}) as Json;
  if (type !== "dns" || value !== name || authorization["wildcard"] === true)
    throw new AcmeError("E_ACME", "The ACME server asks for the proof of another name.");
  if (authorization["status"] === "valid") return; // proved not long ago
  const challenges = objectsIn(authorization["challenges"]);
  const challenge = challenges.find((each) => each["type"] === "dns-01");
  const token = textIn(challenge?.["token"]);
  if (challenge === undefined || !TOKEN.test(token))
    throw new AcmeError("E_ACME", "The ACME server takes no proof by DNS (dns-01) for this name.");
  const proof = createHash("sha256").update(session.key.authorise(token)).digest("base64url");
  const record = `_acme-challenge.${name}`;
  try {
    await dns.add(record, proof);
    await session.post(textIn(challenge["url"]), {});
    await until(session, url, ["valid"], wait);
  } finally {
    // A record that stays proves nothing more to anybody: it keeps no certificate back, and hides no refusal.
    await dns.remove(record, proof).catch(() => undefined);
  }
}

/** Asks again until a thing is as it should be. */
async function until(
  session: AcmeSession,
  url: string,
  states: readonly string[],
  wait: OrderParts["wait"],
): Promise<Json> {
  for (let asked = 0; asked < POLLS; asked += 1) {
    const answer = await session.get(url);
    const thing = objectIn(answer);
    const status = wordsOf(thing["status"]);
    if (states.includes(status)) return thing;
    if (!["pending", "processing", "ready"].includes(status))
      throw new AcmeError("E_ACME", `It became ${status || "nothing"}: ${reasonIn(thing)}`);
    const after = Number(answer.header("retry-after") ?? USUAL_WAIT_SECONDS);
    await wait(Math.min(Math.max(Number.isFinite(after) ? after : USUAL_WAIT_SECONDS, 1), LONGEST_WAIT_SECONDS));
  }
  throw new AcmeError("E_ACME", "The ACME server did not come to an end in time.", "Try again later.");
}

function reasonIn(thing: Json): string {
  const failed = [thing, ...objectsIn(thing["challenges"])].map((each) => objectsIn([each["error"]])[0]?.["detail"]);
  return wordsOf(failed.find((each) => each !== undefined)) || "the ACME server does not say why.";
}

function objectsIn(value: unknown): Json[] {
  const isObject = (each: unknown): each is Json => typeof each === "object" && each !== null && !Array.isArray(each);
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function textIn(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function textsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string").slice(0, 10) : [];
}
