import { readFileSync } from "node:fs";
import { request } from "node:https";
import { HoldfastError } from "@holdfast/protocol";
import { PAGE_HEADER } from "../page-rules.ts";
import type { PeerPlace } from "./peer-places.ts";

/** Says that a call was passed on by another key server's page: such a call is passed on no further. */
export const RELAYED_HEADER = "holdfast-relayed";

/** One call of the page, as it is passed on. */
export interface PassedCall {
  readonly method: "GET" | "POST";
  /** With its query. */
  readonly path: string;
  /** Of a POST. */
  readonly body?: object;
  /** The page's own origin, which is the peer's as well. */
  readonly origin: string;
}

/** What a peer said. */
export interface PeerAnswer {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>>;
}

const ANSWER_MS = 10_000;
const MOST_BYTES = 1024 * 1024;

/** A peer that cannot be reached, shows no certificate for the page's name, or answers with something else than JSON. */
export class PeerSilent extends HoldfastError<"E_PAGE_PEER"> {
  readonly code = "E_PAGE_PEER";
}

/**
 * Passes a call on to the key server behind the same name, as its own page would make it: by TLS to its own address, with a certificate
 * for the page's name. Treats the answer as hostile.
 *
 * @throws {@link PeerSilent}
 */
export function askPeer({ at, ca, name }: PeerPlace, call: PassedCall): Promise<PeerAnswer> {
  const { method, path, body, origin } = call;
  const { host, hostname } = new URL(origin);
  const sent = body === undefined ? null : JSON.stringify(body);
  const to = new URL(`https://${at}`);
  return new Promise((resolve, reject) => {
    const silent = () => reject(new PeerSilent(`The key server ${name} behind this name does not answer.`));
    try {
      const asked = request(
        {
          ...{ host: to.hostname.replace(/^\[|\]$/g, ""), port: to.port || 443, method, path, servername: hostname },
          ...{ agent: false, setHost: false, minVersion: "TLSv1.2", signal: AbortSignal.timeout(ANSWER_MS) },
          ...(ca === null ? {} : { ca: readFileSync(ca) }),
          headers: {
            ...{ host, [PAGE_HEADER]: "1", "sec-fetch-site": "same-origin", [RELAYED_HEADER]: "1" },
            ...(sent === null
              ? {}
              : { origin, "content-type": "application/json", "content-length": Buffer.byteLength(sent) }),
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          let size = 0;
          response.on("data", (chunk: Buffer) => {
            size += chunk.length;
            if (size > MOST_BYTES) response.destroy(new RangeError("too long"));
            else chunks.push(chunk);
          });
          response.once("error", silent);
          response.once("end", () => {
            const json = readObject(Buffer.concat(chunks).toString("utf8"));
            if (json === null) silent();
            else resolve({ status: response.statusCode ?? 0, json });
          });
        },
      );
      asked.once("error", silent);
      asked.once("upgrade", (_response, socket) => {
        socket.destroy(); // Node ends such a request without an error
        silent();
      });
      asked.end(sent ?? undefined);
    } catch {
      silent(); // its authority's file is gone
    }
  });
}

function readObject(text: string): PeerAnswer["json"] | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as PeerAnswer["json"]) : null;
  } catch {
    return null;
  }
}
