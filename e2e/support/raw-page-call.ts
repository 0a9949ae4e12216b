import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from "node:http";
import type { Product } from "./product.ts";

/** A call to the key server's page as a program makes it: no browser decides what its headers say. */
export interface RawPageCall {
  readonly path: string;
  readonly method?: string;
  /** Instead of what the page's own script sends; null leaves a header out. */
  readonly headers?: Readonly<Record<string, string | null>>;
  /** Sent as JSON, or as it is where it is text. */
  readonly body?: object | string;
}

/** What came back. Refusals are JSON with `code`, `detail` and `next`. */
export interface RawPageAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Calls the key server's page with exactly the headers its own script sends, but for those that are given. */
export function callPage({ pageOrigin }: Pick<Product, "pageOrigin">, call: RawPageCall): Promise<RawPageAnswer> {
  const { path, body, method = body === undefined ? "GET" : "POST" } = call;
  const { host, port } = new URL(pageOrigin);
  const all: Record<string, string | null> = {
    host,
    origin: pageOrigin,
    "holdfast-page": "1",
    "sec-fetch-site": "same-origin",
    "content-type": "application/json",
    ...call.headers,
  };
  const headers: OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(all)) if (value !== null) headers[name] = value;
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, path, method, headers, setHost: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("error", reject);
      response.once("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        const isJson = response.headers["content-type"]?.includes("json") ?? false;
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: isJson ? (JSON.parse(text) as RawPageAnswer["body"]) : {},
        });
      });
    });
    asked.once("error", reject);
    asked.end(typeof body === "object" ? JSON.stringify(body) : body);
  });
}
