import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request as plain } from "node:http";
import { request as secure } from "node:https";

/** What came back from a listener. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Asks a listener of this machine with exactly these headers: no browser decides what they say. */
export function rawRequest(
  url: string,
  { method = "GET", headers = {}, body = "" }: { method?: string; headers?: OutgoingHttpHeaders; body?: string } = {},
): Promise<RawAnswer> {
  const { protocol, port, pathname, search, host } = new URL(url);
  const options = { host: "127.0.0.1", port, path: pathname + search, method, headers: { host, ...headers } };
  const ask = protocol === "https:" ? secure : plain;
  return new Promise((resolve, reject) => {
    const asked = ask({ ...options, rejectUnauthorized: false, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.once("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
      response.once("error", reject);
    });
    asked.once("error", reject);
    asked.end(body);
  });
}
