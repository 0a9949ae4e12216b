import { readFileSync } from "node:fs";
import { request } from "node:https";
import { HoldfastError } from "@holdfast/protocol";
import { type NoAnswer, takeAnswer } from "../../json-http/take-answer.ts";
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

const LIMITS = { withinMs: 10_000, maxBytes: 1024 * 1024 };

/** A peer that cannot be reached, shows no certificate for the page's name, or answers with something else than JSON. */
export class PeerSilent extends HoldfastError<"E_PAGE_PEER"> {
  readonly code = "E_PAGE_PEER";
  /** For whoever runs this key server; whoever looks at its page is not told. */
  readonly why: string;

  constructor(name: string, why: string) {
    super(`The key server ${name} behind this name does not answer.`);
    this.why = why;
  }
}

/**
 * Passes a call on to the key server behind the same name, as its own page would make it: by TLS to its own address, with a certificate
 * for the page's name. Treats the answer as hostile.
 *
 * @throws {@link PeerSilent}
 */
export async function askPeer({ at, ca, name }: PeerPlace, call: PassedCall): Promise<PeerAnswer> {
  const { method, path, body, origin } = call;
  const { host, hostname } = new URL(origin);
  const sent = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
  const to = new URL(`https://${at}`);
  const asked = request({
    ...{ host: to.hostname.replace(/^\[|\]$/g, ""), port: to.port || 443, method, path, servername: hostname },
    ...{ agent: false, setHost: false, minVersion: "TLSv1.2" },
    ...(ca === null ? {} : { ca: authorityIn(ca, name) }),
    headers: {
      ...{ host, [PAGE_HEADER]: "1", "sec-fetch-site": "same-origin", [RELAYED_HEADER]: "1" },
      ...(sent === undefined ? {} : { origin, "content-type": "application/json", "content-length": sent.length }),
    },
  });
  const { status, body: bytes } = await takeAnswer(asked, LIMITS, sent).catch(({ why }: NoAnswer) => {
    throw new PeerSilent(name, why);
  });
  const json = readObject(bytes.toString("utf8"));
  if (json === null) throw new PeerSilent(name, "its answer is not JSON");
  return { status, json };
}

/** @throws {@link PeerSilent} where the file is gone */
function authorityIn(path: string, name: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    throw new PeerSilent(name, `${path} cannot be read`);
  }
}

function readObject(text: string): PeerAnswer["json"] | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as PeerAnswer["json"]) : null;
  } catch {
    return null;
  }
}
