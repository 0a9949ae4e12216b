import type { Db } from "@holdfast/db";
import { readEnvironment } from "../env.ts";
import { answerTrpc } from "../trpc/answer-trpc.ts";
import { contextWith } from "../trpc/context.ts";
import type { SentProblem } from "../trpc/error-format.ts";

/** What a passkey of a test can do. */
export interface TestPasskey {
  readonly credId: string;
  create(challenge: Uint8Array): { clientDataJSON: string; attestationObject: string };
  get(challenge: Uint8Array): { clientDataJSON: string; authData: string; sig: string };
}

/** An answer as a page sees it. */
export interface TestAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every procedure
  readonly data: any;
  readonly problem: SentProblem | null;
  readonly text: string;
  readonly setCookies: readonly string[];
}

export interface TestRequest {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string | null>>;
}

/** Settings that tests run the server with. */
export const TEST_SETTINGS = {
  HOLDFAST_ORIGIN: "http://localhost:3999",
  HOLDFAST_RP_ID: "localhost",
  HOLDFAST_GATEWAY_URL: "http://127.0.0.1:3998",
  HOLDFAST_DATABASE_URL_APP: "postgres://unused",
  HOLDFAST_DATABASE_URL_IDENTITY: "postgres://unused",
};

/** A browser with its cookies, in front of the server's own request handling. */
export class TestBrowser {
  readonly cookies = new Map<string, string>();
  readonly #db: Db;

  constructor(db: Db) {
    Object.assign(process.env, TEST_SETTINGS);
    this.#db = db;
  }

  get origin(): string {
    return readEnvironment().origin.origin;
  }

  /** Sends any request to the procedures; `headers` replace the usual ones, null takes one away. */
  async send(path: string, init: TestRequest = {}): Promise<TestAnswer> {
    return this.#read(await this.#ask(path, init));
  }

  #ask(path: string, init: TestRequest): Promise<Response> {
    const usual: Record<string, string | null> = {
      cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; "),
      "sec-fetch-site": "same-origin",
      "x-forwarded-for": "192.0.2.1",
      ...(init.method === "POST" ? { origin: this.origin, "content-type": "application/json" } : {}),
    };
    const headers = new Headers();
    for (const [name, value] of Object.entries({ ...usual, ...init.headers })) if (value) headers.set(name, value);
    const request = new Request(`${this.origin}/api/trpc/${path}`, { ...init, headers });
    return answerTrpc(request, async (given, answer) =>
      contextWith({ db: this.#db, environment: readEnvironment(), headers: given, answer }),
    );
  }

  query(path: string, input?: unknown): Promise<TestAnswer> {
    const given = input === undefined ? "" : `?input=${encodeURIComponent(JSON.stringify(input))}`;
    return this.send(path + given);
  }

  mutate(path: string, input: unknown = {}): Promise<TestAnswer> {
    return this.send(path, { method: "POST", body: JSON.stringify(input) });
  }

  /** Opens a stream and closes it at its first word: that it is open, an event, or a refusal. */
  async subscribe(path: string, input: unknown): Promise<TestAnswer> {
    const given = `?input=${encodeURIComponent(JSON.stringify(input))}`;
    const response = await this.#ask(path + given, { headers: { accept: "text/event-stream" } });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    let word: string | undefined;
    while (word === undefined) {
      const { value, done } = (await reader?.read()) ?? { done: true };
      if (done) break;
      text += value;
      word = text.split("\n\n").find((each) => /^data: /m.test(each) && !/^event: connected$/m.test(each));
    }
    await reader?.cancel();
    const data = JSON.parse(/^data: (.+)$/m.exec(word ?? "")?.[1] ?? text);
    const problem = data.error?.data?.problem ?? data.data?.problem ?? null;
    return { status: response.status, data, problem, text, setCookies: [] };
  }

  async signUp(passkey: TestPasskey, name: string): Promise<string> {
    const { data } = await this.mutate("signUp.begin", { name });
    const finished = await this.mutate("signUp.finish", { response: registered(passkey, data.challenge) });
    return finished.data.accountId;
  }

  async signIn(passkey: TestPasskey): Promise<TestAnswer> {
    const { data } = await this.mutate("signIn.begin");
    return this.mutate("signIn.finish", { response: asserted(passkey, data.challenge) });
  }

  async #read(response: Response): Promise<TestAnswer> {
    const setCookies = response.headers.getSetCookie();
    for (const cookie of setCookies) {
      const [name = "", value = ""] = cookie.split(";")[0]?.split("=") ?? [];
      if (/Max-Age=0(;|$)/.test(cookie)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    const text = await response.text();
    const body = text ? JSON.parse(text) : {};
    return {
      status: response.status,
      data: body.result?.data,
      problem: body.error?.data?.problem ?? null,
      text,
      setCookies,
    };
  }
}

/** A new passkey as a browser sends it. */
export function registered(passkey: TestPasskey, challenge: string) {
  const { credId: id } = passkey;
  const response = { ...passkey.create(bytesOf(challenge)), transports: ["internal"] };
  return { id, rawId: id, type: "public-key", response, clientExtensionResults: { credProps: { rk: true } } };
}

/** An assertion as a browser sends it. */
export function asserted(passkey: TestPasskey, challenge: string, userHandle?: string) {
  const { credId: id } = passkey;
  const { clientDataJSON, authData, sig } = passkey.get(bytesOf(challenge));
  const response = { clientDataJSON, authenticatorData: authData, signature: sig, userHandle };
  return { id, rawId: id, type: "public-key", response, clientExtensionResults: {} };
}

function bytesOf(base64url: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64url, "base64url"));
}
