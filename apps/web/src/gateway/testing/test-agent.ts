import { createHash, randomBytes } from "node:crypto";
import { request } from "node:http";

/** Signs as an agent's aik does: ECDSA P-256 over SHA-256, r ‖ s. */
export type SignRequest = (base: Uint8Array) => Uint8Array;

/** What a test may do to a request before it is sent. */
export interface RequestLies {
  readonly created?: number;
  readonly nonce?: string;
  readonly keyid?: string;
  readonly uri?: string;
  readonly method?: string;
  readonly digest?: string;
  /** The body that is sent, when it is not the one that was signed. */
  readonly sent?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface GatewayAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every path
  readonly body: any;
}

/** An agent's client as the specification describes it, written independently of the agent's own. */
export class TestAgent {
  readonly aid: string;
  readonly #url: string;
  readonly #sign: SignRequest;

  constructor(options: { readonly aid: string; readonly url: string; readonly sign: SignRequest }) {
    this.aid = options.aid;
    this.#url = options.url;
    this.#sign = options.sign;
  }

  /** The headers and body of a signed request. */
  prepare(path: string, body: unknown, lies: RequestLies = {}) {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const digest = lies.digest ?? `sha-256=:${createHash("sha256").update(text).digest("base64")}:`;
    const nonce = lies.nonce ?? randomBytes(16).toString("base64url");
    const created = lies.created ?? Math.floor(Date.now() / 1000);
    const components = '("@method" "@target-uri" "content-digest" "content-type")';
    const keyid = lies.keyid ?? this.aid;
    const parameters = `${components};created=${created};nonce="${nonce}";keyid="${keyid}";tag="holdfast-agent"`;
    const base = [
      `"@method": ${lies.method ?? "POST"}`,
      `"@target-uri": ${lies.uri ?? this.#url + path}`,
      `"content-digest": ${digest}`,
      `"content-type": application/json`,
      `"@signature-params": ${parameters}`,
    ].join("\n");
    const signature = Buffer.from(this.#sign(new TextEncoder().encode(base))).toString("base64");
    const headers = {
      "content-type": "application/json",
      "content-digest": digest,
      "signature-input": `sig1=${parameters}`,
      signature: `sig1=:${signature}:`,
      ...lies.headers,
    };
    return { headers, body: lies.sent ?? text };
  }

  /** Sends what was prepared, once or again. */
  send(path: string, { headers, body }: { headers: Record<string, string>; body: string }): Promise<GatewayAnswer> {
    const url = new URL(this.#url + path);
    const length = String(Buffer.byteLength(body));
    return new Promise((resolve, reject) => {
      const sent = request(url, { method: "POST", headers: { "content-length": length, ...headers } }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part: string) => {
          text += part;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body: text ? JSON.parse(text) : null }));
      });
      sent.on("error", reject);
      sent.end(body);
    });
  }

  post(path: string, body: unknown, lies?: RequestLies): Promise<GatewayAnswer> {
    return this.send(path, this.prepare(path, body, lies));
  }
}

/** What an agent says of itself with each poll. */
export const TEST_STATUS = {
  name: "alpha",
  version: "0.1.0",
  build: null,
  kek: "file",
  fips: null,
  rest: "https://127.0.0.1:7443",
  kmip: "kmip://127.0.0.1:5696",
  page: "http://agent.localhost:7400",
  sealed: false,
  locked: false,
  recovering: false,
  keys: 0,
  clients: 0,
  size: 1,
  unbacked: 0,
  backupAt: null,
  backupPlaces: null,
  backupFailing: null,
  conditions: [],
};
