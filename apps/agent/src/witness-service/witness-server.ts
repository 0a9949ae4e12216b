import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { MAX_ADD_CHECKPOINT_BYTES } from "@holdfast/tlog";
import { bindServer } from "../endpoints/bind-server.ts";
import { parseListenAddress, reachableHost, urlHost } from "../endpoints/listen-address.ts";
import { limitConnections } from "../json-http/connection-room.ts";
import type { Logger } from "../logger.ts";
import type { Witness, WitnessAnswer } from "./witness.ts";

/** How a witness is served. */
export interface WitnessServerOptions {
  readonly witness: Witness;
  /** `HOST:PORT`; port 0 takes any. */
  readonly listen: string;
  /** PEM of a certificate with its chain, and of its key; plain HTTP without them. */
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | null;
  readonly logger: Logger;
  /** How long others are waited for; what is advised without it. */
  readonly patience?: WitnessPatience;
}

/** How long a witness waits for others, in milliseconds. */
export interface WitnessPatience {
  /** For a whole request, and for a TLS handshake. */
  readonly requestMs: number;
  /** For the next request of a connection. */
  readonly idleMs: number;
}

/** A witness that answers. */
export interface ServedWitness {
  readonly url: string;
  close(): Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

const PATIENCE: WitnessPatience = { requestMs: 10_000, idleMs: 5_000 };
/** How often connections are looked at that have waited too long. */
const LOOK_MS = 1_000;
const CONNECTIONS = { connections: 500, perAddress: 64 };
const MOST_DISCARDED_BYTES = 1_048_576;
const LOG_PATH = /^\/logs\/([0-9a-f]{64})\/(checkpoint|others)$/;

/**
 * Serves `POST /add-checkpoint`, and what the specification leaves open: `GET /logs/<SHA-256 of the origin>/checkpoint`,
 * the newest note it cosigned, and `…/others`, notes that the log signed and it did not cosign.
 *
 * @throws {@link EndpointError} `E_LISTEN`
 */
export async function startWitnessServer(options: WitnessServerOptions): Promise<ServedWitness> {
  const { host, port } = parseListenAddress(options.listen);
  const server = makeServer(options, (request, response) => void handle(options, request, response));
  await bindServer(server, host, port);
  const scheme = options.tls === null ? "http" : "https";
  return {
    url: `${scheme}://${urlHost(reachableHost(host))}:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function makeServer({ tls, patience = PATIENCE }: WitnessServerOptions, listener: RequestListener): Server {
  const limits = {
    headersTimeout: patience.requestMs,
    requestTimeout: patience.requestMs,
    connectionsCheckingInterval: LOOK_MS,
    keepAliveTimeout: patience.idleMs,
    maxHeaderSize: 8192,
  };
  const server =
    tls === null
      ? createServer(limits, listener)
      : createSecureServer(
          { ...limits, ...tls, minVersion: "TLSv1.2", handshakeTimeout: patience.requestMs },
          listener,
        );
  limitConnections(server as Server, CONNECTIONS);
  return server as Server;
}

async function handle(
  { witness, logger }: WitnessServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    send(response, await answer(witness, request, logger));
  } catch (error) {
    logger.error("witness.failed", { code: (error as { code?: string }).code ?? "E_INTERNAL" });
    send(response, plain(500, "the witness cannot answer now"));
  }
}

async function answer(witness: Witness, request: IncomingMessage, logger: Logger): Promise<Reply> {
  const { method, url = "/" } = request;
  if (url === "/add-checkpoint") {
    if (method !== "POST") return plain(405, "POST only");
    const body = await readBody(request);
    if (body === null) return plain(400, "the request is too large or did not arrive whole");
    const judged = await witness.addCheckpoint(body);
    tell(judged, logger);
    return judged;
  }
  if (method !== "GET") return plain(405, "GET only");
  const [, id = "", what] = LOG_PATH.exec(url) ?? [];
  const log = what === undefined ? null : witness.logs.byId(id);
  if (log === null) return plain(404, "unknown log");
  if (what === "others") return json({ notes: witness.logs.others(log.origin) });
  const note = witness.logs.headNote(log.origin);
  return note === null ? plain(404, "nothing was cosigned yet") : plain(200, note.slice(0, -1));
}

function tell({ status, ...rest }: WitnessAnswer, logger: Logger): void {
  if (status === 200) {
    logger.info("witness.cosigned");
    return;
  }
  const signed = "signed" in rest ? rest.signed : undefined;
  const about = signed === undefined ? {} : { origin: signed.origin, size: signed.size };
  if ("evidence" in rest && rest.evidence !== undefined) logger.error("witness.two-roots", { status, ...about });
  else logger.warn("witness.refused", { status, ...about });
}

/** A body that is too large is read to its end, up to a bound, so that its sender hears why; then it is none. */
async function readBody(request: IncomingMessage): Promise<Uint8Array | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request) {
      size += (chunk as Buffer).length;
      if (size > MOST_DISCARDED_BYTES) return null;
      if (size <= MAX_ADD_CHECKPOINT_BYTES) chunks.push(chunk as Buffer);
    }
  } catch {
    return null;
  }
  return size <= MAX_ADD_CHECKPOINT_BYTES ? Buffer.concat(chunks) : null;
}

function plain(status: number, text: string): Reply {
  return { status, contentType: "text/plain; charset=utf-8", body: `${text}\n` };
}

function json(value: object): Reply {
  return { status: 200, contentType: "application/json", body: JSON.stringify(value) };
}

function send(response: ServerResponse, { status, contentType, body }: Reply): void {
  response.writeHead(status, {
    "Content-Type": contentType,
    "Content-Length": Buffer.byteLength(body),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
  });
  response.end(body);
}
