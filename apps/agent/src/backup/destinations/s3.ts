import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, readFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { pipeline } from "node:stream/promises";
import type { BackupDestination } from "@holdfast/protocol";
import { EMPTY_PAYLOAD_HASH, type SignedRequest, signV4, type UnsignedRequest } from "../../aws/sign-v4.ts";
import { CustodyError } from "../../custody/errors.ts";
import { asPlaceError, type Destination, type Fault, placeError } from "./destination.ts";
import { readS3Credentials } from "./s3-credentials.ts";

type S3Place = Extract<BackupDestination, { kind: "s3" }>;

/** Most that a listing or an error may be. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
/** The largest object of one PUT: what S3 takes. */
const MAX_OBJECT_BYTES = 5 * 1024 * 1024 * 1024;
const IDLE_MS = 60_000;
const DAY_MS = 86_400_000;

/** What is asked of the store. */
interface Question {
  readonly method: "GET" | "HEAD" | "PUT" | "DELETE";
  /** Name of the object; absent: the bucket itself. */
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly file?: { readonly path: string; readonly bytes: number; readonly sha256: Buffer };
  readonly signal: AbortSignal;
}

/**
 * A store that speaks Amazon S3: addressed by path, signed by Signature Version 4, over TLS with a checked certificate.
 *
 * Redirects are not followed, and of an error's body nothing is shown or logged.
 */
export class S3Destination implements Destination {
  readonly #to: S3Place;
  readonly #now: () => Date;

  /** @param now - For signatures and locks; stores allow 15 minutes of difference. */
  constructor(to: S3Place, now: () => Date = () => new Date()) {
    this.#to = to;
    this.#now = now;
  }

  async put(path: string, name: string, signal: AbortSignal): Promise<void> {
    const { size: bytes } = await stat(path);
    if (bytes > MAX_OBJECT_BYTES) throw placeError(this.#to, "space");
    const sha256 = await hashFile(path);
    const answer = await this.#ask({
      ...{ method: "PUT", key: name, signal, file: { path, bytes, sha256 } },
      headers: { "x-amz-checksum-sha256": sha256.toString("base64"), ...this.#lock() },
    });
    await readAnswer(answer);
    this.#expect(answer, 200);
  }

  async get(name: string, into: string, signal: AbortSignal): Promise<void> {
    const answer = await this.#ask({ method: "GET", key: name, signal });
    if (answer.statusCode !== 200) await readAnswer(answer);
    this.#expect(answer, 200);
    try {
      await pipeline(answer, createWriteStream(into, { flags: "wx", mode: 0o600 }), { signal });
    } catch (cause) {
      throw asPlaceError(cause, this.#to);
    }
  }

  async look(name: string, signal: AbortSignal): Promise<number | null> {
    const answer = await this.#ask({ method: "HEAD", key: name, signal });
    await readAnswer(answer);
    if (answer.statusCode === 404) return null;
    this.#expect(answer, 200);
    const { "content-length": length = "" } = answer.headers;
    if (!/^\d{1,15}$/.test(length)) throw placeError(this.#to, "answer");
    return Number(length);
  }

  async list(signal: AbortSignal): Promise<string[]> {
    const { prefix = "" } = this.#to;
    const names: string[] = [];
    let token: string | undefined;
    do {
      const more: Record<string, string> = token === undefined ? {} : { "continuation-token": token };
      const query = { "list-type": "2", prefix, ...more };
      const answer = await this.#ask({ method: "GET", query, signal });
      const text = await readAnswer(answer);
      this.#expect(answer, 200);
      for (const key of textsOf(text, "Key")) if (key.startsWith(prefix)) names.push(key.slice(prefix.length));
      const [next] = textsOf(text, "IsTruncated")[0] === "true" ? textsOf(text, "NextContinuationToken") : [];
      token = next === token ? undefined : next;
    } while (token !== undefined);
    return names;
  }

  async remove(name: string, signal: AbortSignal): Promise<void> {
    const answer = await this.#ask({ method: "DELETE", key: name, signal });
    await readAnswer(answer);
    this.#expect(answer, 204, 200);
  }

  #lock(): Record<string, string> {
    const { lockDays } = this.#to;
    if (lockDays === undefined) return {};
    const until = new Date(this.#now().getTime() + lockDays * DAY_MS).toISOString();
    return { "x-amz-object-lock-mode": "COMPLIANCE", "x-amz-object-lock-retain-until-date": until };
  }

  #expect({ statusCode = 0 }: IncomingMessage, ...wanted: readonly number[]): void {
    if (!wanted.includes(statusCode)) throw placeError(this.#to, faultOf(statusCode));
  }

  async #ask({ method, key, query = {}, headers = {}, file, signal }: Question): Promise<IncomingMessage> {
    const { endpoint, bucket, prefix = "", region, credentials } = this.#to;
    const { host } = new URL(endpoint);
    const length: Record<string, string> = file === undefined ? {} : { "content-length": String(file.bytes) };
    const payloadHash = file?.sha256.toString("hex") ?? EMPTY_PAYLOAD_HASH;
    const unsigned: UnsignedRequest = {
      ...{ method, query, payloadHash },
      path: key === undefined ? `/${bucket}` : `/${bucket}/${prefix}${key}`,
      headers: { host, "x-amz-content-sha256": payloadHash, ...length, ...headers },
    };
    const scope = { region, service: "s3", at: this.#now() };
    const signed = signV4(unsigned, readS3Credentials(credentials), scope);
    try {
      return await this.#send(method, signed, file?.path, signal);
    } catch (cause) {
      throw asPlaceError(cause, this.#to);
    }
  }

  #send(
    method: string,
    { target, headers }: SignedRequest,
    file: string | undefined,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const { endpoint, ca } = this.#to;
    const { protocol, hostname, port } = new URL(endpoint);
    const options = {
      ...{ method, headers, signal, path: target, hostname: hostname.replace(/^\[|\]$/g, "") },
      ...(port === "" ? {} : { port: Number(port) }),
      ...{ timeout: IDLE_MS, agent: false as const },
    };
    return new Promise((resolve, reject) => {
      const question =
        protocol === "https:"
          ? httpsRequest({ ...options, ...(ca === undefined ? {} : { ca: readFileSync(ca) }) }, resolve)
          : httpRequest(options, resolve);
      question.on("timeout", () => question.destroy(placeError(this.#to, "timeout")));
      question.on("error", reject);
      question.on("upgrade", (_response, socket) => {
        socket.destroy(); // Node ends such a request without an error
        reject(placeError(this.#to, "answer"));
      });
      if (file === undefined) question.end();
      else pipeline(createReadStream(file), question).catch(reject);
    });
  }
}

function faultOf(status: number): Fault {
  if (status === 404) return "missing";
  if (status === 401 || status === 403) return "refused";
  if (status === 409 || status === 412) return "exists";
  if (status === 507) return "space";
  return status >= 500 ? "failed" : "answer";
}

async function hashFile(path: string): Promise<Buffer> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest();
}

/** Reads an answer that is not a backup, as far as it may go. @throws {@link CustodyError} `E_BACKUP_PLACE` */
async function readAnswer(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    bytes += part.byteLength;
    if (bytes > MAX_ANSWER_BYTES) {
      answer.destroy();
      throw new CustodyError("E_BACKUP_PLACE");
    }
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

/** The texts of all elements of a name. Names of our own files need no more of XML than this. */
function textsOf(xml: string, element: string): string[] {
  const found = xml.matchAll(new RegExp(`<${element}>([^<]{0,2048})</${element}>`, "g"));
  return [...found].map(([, text = ""]) => text.replaceAll("&amp;", "&"));
}
