import { type IncomingHttpHeaders, request } from "node:http";

/** How a call differs from what the page's own script sends. */
export interface PageCallMade {
  readonly method?: string;
  /** Instead of the page's own; null leaves a header out. */
  readonly headers?: Readonly<Record<string, string | null>>;
  /** Sent as JSON, or as it is where it is text. */
  readonly body?: object | string;
}

/** What came back; `json` is empty where it is no JSON. */
export interface PageAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely
  readonly json: any;
}

/** Calls a page's server with the headers of the page's own script, but for those that are given. Tests only. */
export class PageCaller {
  readonly #origin: string;
  readonly #port: number;

  constructor(origin: string, port: number) {
    this.#origin = origin;
    this.#port = port;
  }

  call(path: string, made: PageCallMade = {}): Promise<PageAnswer> {
    const { body, method = body === undefined ? "GET" : "POST" } = made;
    const all: Record<string, string | null> = {
      host: new URL(this.#origin).host,
      ...(method === "GET" ? {} : { origin: this.#origin, "content-type": "application/json" }),
      "holdfast-page": "1",
      "sec-fetch-site": "same-origin",
      ...made.headers,
    };
    const headers = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null)) as Record<
      string,
      string
    >;
    return new Promise((resolve, reject) => {
      const to = { host: "127.0.0.1", port: this.#port, path, method, headers, setHost: false, agent: false } as const;
      const sent = request(to, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.once("error", reject);
        response.once("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          const isJson = response.headers["content-type"]?.includes("json") ?? false;
          const { statusCode: status = 0, headers: received } = response;
          resolve({ status, headers: received, text, json: isJson ? JSON.parse(text) : {} });
        });
      });
      sent.once("error", reject);
      sent.end(typeof body === "object" ? JSON.stringify(body) : body);
    });
  }
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const { createServer } = await import("node:net");
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}
