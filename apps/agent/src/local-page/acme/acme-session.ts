import type { AccountKey, ExternalAccount } from "./account-key.ts";
import { AcmeError, wordsOf } from "./acme-error.ts";
import { type AcmeAnswer, askAcme } from "./acme-http.ts";

/** Which server, as whom. */
export interface AcmePlan {
  /** The directory's address, https. */
  readonly directory: string;
  /** PEM of the authority of the server's own certificate; null for those that Node trusts. */
  readonly ca: string | null;
  /** A mail address for the authority; null for none. */
  readonly contact: string | null;
  /** Whether the person has agreed to the authority's terms. */
  readonly agreed: boolean;
  /** The authority's own account that a new one is bound to; none without it. */
  readonly external?: ExternalAccount | undefined;
}

interface Directory {
  readonly newNonce: string;
  readonly newAccount: string;
  readonly newOrder: string;
}

/** How often a request is signed anew because its nonce was not taken. @see RFC 8555 section 6.5 */
const NONCE_TRIES = 4;

/** An account at an ACME server, and signed requests in its name. @see RFC 8555 sections 6 and 7.1 to 7.3 */
export class AcmeSession {
  readonly key: AccountKey;
  readonly directory: Directory;
  readonly #ca: string | null;
  #nonces: string[] = [];
  #kid: string | null = null;

  private constructor(key: AccountKey, directory: Directory, ca: string | null) {
    this.key = key;
    this.directory = directory;
    this.#ca = ca;
  }

  /** Finds the account of a key, or makes it. @throws {@link AcmeError} `E_ACME`, `E_ACME_TERMS` */
  static async open(plan: AcmePlan, key: AccountKey): Promise<AcmeSession> {
    const answer = await askAcme({ method: "GET", url: plan.directory }, plan.ca);
    const body = objectIn(answer);
    const meta = (body["meta"] ?? {}) as Record<string, unknown>;
    const urls = { newNonce: body["newNonce"], newAccount: body["newAccount"], newOrder: body["newOrder"] };
    if (answer.status !== 200 || Object.values(urls).some((url) => typeof url !== "string"))
      throw new AcmeError(
        "E_ACME",
        "There is no ACME directory at that address.",
        "Give the address of the directory itself.",
      );
    const terms = meta["termsOfService"];
    if (typeof terms === "string" && !plan.agreed)
      throw new AcmeError(
        "E_ACME_TERMS",
        `The authority has terms: ${wordsOf(terms)}`,
        "Read them; then run it again with --acme-agree.",
      );
    const session = new AcmeSession(key, urls as unknown as Directory, plan.ca);
    const needsBinding = meta["externalAccountRequired"] === true && plan.external === undefined;
    const made = needsBinding ? await session.#findBound() : await session.#make(plan);
    session.#kid = made.header("location");
    if (session.#kid === null) throw new AcmeError("E_ACME", "The ACME server names no account.");
    return session;
  }

  #make({ contact, agreed, external }: AcmePlan): Promise<AcmeAnswer> {
    const { newAccount } = this.directory;
    return this.post(newAccount, {
      ...(agreed && { termsOfServiceAgreed: true }),
      ...(contact === null ? {} : { contact: [`mailto:${contact}`] }),
      ...(external && { externalAccountBinding: this.key.bind(newAccount, external) }),
    });
  }

  /** An account that was bound when it was made needs nothing more. @see RFC 8555 section 7.3.1 */
  async #findBound(): Promise<AcmeAnswer> {
    try {
      return await this.post(this.directory.newAccount, { onlyReturnExisting: true });
    } catch (cause) {
      if (!(cause instanceof AcmeError) || !cause.message.includes("accountDoesNotExist")) throw cause;
      throw new AcmeError(
        "E_ACME",
        "This authority takes accounts by its own invitation only (external account binding).",
        "Take key id and MAC key from the authority's console, and give them once: --acme-eab-kid KID --acme-eab-key-file FILE.",
      );
    }
  }

  /** Reads what only the account may: a POST with nothing in it. @throws {@link AcmeError} `E_ACME` */
  get(url: string, accept?: string): Promise<AcmeAnswer> {
    return this.#send(url, null, accept);
  }

  /** @throws {@link AcmeError} `E_ACME`, with the server's own words */
  post(url: string, payload: object): Promise<AcmeAnswer> {
    return this.#send(url, payload);
  }

  async #send(url: string, payload: object | null, accept?: string): Promise<AcmeAnswer> {
    for (let tries = 1; ; tries += 1) {
      const nonce = await this.#nonce();
      const jws = this.key.sign({ url, nonce, kid: this.#kid, payload });
      const asked = {
        method: "POST",
        url,
        body: JSON.stringify(jws),
        ...(accept === undefined ? {} : { accept }),
      } as const;
      const answer = await askAcme(asked, this.#ca);
      const fresh = answer.header("replay-nonce");
      if (fresh !== null) this.#nonces.push(fresh);
      if (answer.status < 400) return answer;
      const { type, detail } = objectIn(answer);
      if (type === "urn:ietf:params:acme:error:badNonce" && tries < NONCE_TRIES) continue;
      throw problem(answer, type, detail);
    }
  }

  async #nonce(): Promise<string> {
    const kept = this.#nonces.pop();
    if (kept !== undefined) return kept;
    const nonce = (await askAcme({ method: "HEAD", url: this.directory.newNonce }, this.#ca)).header("replay-nonce");
    if (nonce === null) throw new AcmeError("E_ACME", "The ACME server gives no nonce.");
    return nonce;
  }
}

/** An answer's JSON object; an empty one where it is none. */
export function objectIn({ text }: AcmeAnswer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {};
  } catch {
    return {};
  }
}

function problem({ status, header }: AcmeAnswer, type: unknown, detail: unknown): AcmeError {
  const name = wordsOf(type).replace("urn:ietf:params:acme:error:", "") || String(status);
  const after = header("retry-after");
  const wait = after !== null && /^\d{1,7}$/.test(after) ? ` It asks to wait ${after} seconds.` : "";
  return new AcmeError("E_ACME", `The ACME server refused (${name}): ${wordsOf(detail) || "without a word"}.${wait}`);
}
