import type { IncomingMessage, ServerResponse } from "node:http";
import type { TLSSocket } from "node:tls";
import type { Logger } from "../../logger.ts";
import { OperationError } from "../../operations/errors.ts";
import { faultFields } from "../fault-fields.ts";
import { identifyPeer, readyPeer } from "../identify-peer.ts";
import { KMIP_PATH } from "../kmip/http-kmip.ts";
import type { Counters } from "../metrics/counters.ts";
import { peerOf } from "../peer.ts";
import type { ServedAgent, ServedDomain } from "../served-agent.ts";
import type { HostCheck } from "../server-names.ts";
import { sendProblem, sendReply } from "./answer.ts";
import { RestError } from "./errors.ts";
import { openApiText } from "./openapi.ts";
import { readBody } from "./read-body.ts";
import { type BodyKind, bodyKind, readAad, readJson, readQuery } from "./read-request.ts";
import type { Reply } from "./route.ts";
import { findRoute, type Target } from "./router.ts";

/** What requests are answered with. */
export interface ListenerParts {
  readonly agent: ServedAgent;
  readonly hosts: HostCheck;
  readonly counters: Counters;
  readonly logger: Logger;
  /** Answers KMIP over HTTPS; null where it is not served. */
  readonly kmip: ((request: IncomingMessage, response: ServerResponse) => void) | null;
}

/**
 * Answers requests: Host, route, client, form, and then the one door. Everything is checked before a body is read, and
 * the client once more after it. Where nothing is to be waited for, no promise is made on the way.
 */
export function requestListener(parts: ListenerParts): (request: IncomingMessage, response: ServerResponse) => void {
  const answer = answerer(parts);
  return (request, response) => {
    const waits = readyPeer(parts.agent, peerOf(request.socket as TLSSocket));
    if (waits === null) answer(request, response);
    else void waits.then(() => answer(request, response));
  };
}

function answerer(parts: ListenerParts): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    if (parts.kmip !== null && request.url === KMIP_PATH) {
      parts.kmip(request, response);
      return;
    }
    const begun = performance.now();
    let name = "none";
    const settle = (status: number): void => parts.counters.request(name, status, performance.now() - begun);
    const refuse = (cause: unknown): void => {
      const problem = sendProblem(response, cause);
      if (problem.fault) parts.logger.error("rest.fault", { route: name, ...faultFields(cause) });
      settle(problem.status);
    };
    const send = (reply: Reply): void => {
      sendReply(response, reply);
      settle(reply.status ?? 200);
    };
    try {
      const target = admit(parts, request);
      if (target === null) {
        sendReply(response, { body: openApiText() });
        return settle(200);
      }
      name = target.route.id;
      const kind = bodyKind(target.route, request.headers);
      const serve = (body: Buffer): void => {
        const reply = perform(parts, request, { target, kind, body });
        if (reply instanceof Promise) reply.then(send).catch(refuse);
        else send(reply);
      };
      if (kind === "none") return serve(EMPTY);
      readBody(request, (refusal, body) => {
        if (refusal !== null) return refuse(refusal);
        try {
          serve(body);
        } catch (cause) {
          refuse(cause);
        }
      });
    } catch (cause) {
      refuse(cause);
    }
  };
}

const EMPTY = Buffer.alloc(0);

/** Lets a request begin: null for the description of the API, which needs no client. */
function admit({ agent, hosts }: ListenerParts, request: IncomingMessage): Target | null {
  if (!hosts.accepts(request.headers.host)) throw new RestError("E_HOST");
  if (request.url === "/openapi.json" && request.method === "GET") return null;
  const domain = domainOf(agent);
  const target = findRoute(request.method ?? "", request.url ?? "");
  if (target.route.open === undefined) identifyPeer(agent, domain, peerOf(request.socket as TLSSocket));
  return target;
}

/** The domain as it is now. @throws {@link OperationError} `E_SEALED`; {@link RestError} `E_NO_DOMAIN` */
function domainOf(agent: ServedAgent): ServedDomain {
  const { domain } = agent;
  if (domain !== null) return domain;
  if (!agent.sealed) throw new RestError("E_NO_DOMAIN");
  throw new OperationError("E_SEALED", undefined, agent.waitsForToken === true ? { waitsFor: "token" } : {});
}

function perform(
  { agent }: ListenerParts,
  request: IncomingMessage,
  { target, kind, body }: { target: Target; kind: BodyKind; body: Buffer },
): Reply | Promise<Reply> {
  const { route, key, search } = target;
  const domain = domainOf(agent);
  const peer = peerOf(request.socket as TLSSocket);
  const query = readQuery(route.query, search);
  if (route.open !== undefined) {
    const read = route.body === undefined ? undefined : readJson(route.body, body);
    return route.open({ domain, caller: { from: peer.address }, key, query, body: read });
  }
  const caller = { client: identifyPeer(agent, domain, peer), from: peer.address };
  if (kind === "raw" && route.raw !== undefined)
    return route.raw({ domain, caller, key, query: query as object, body, aad: readAad(request.headers) });
  const value = kind === "json" && route.body !== undefined ? readJson(route.body, body) : undefined;
  if (route.run === undefined) throw new RestError("E_INTERNAL");
  return route.run({ domain, caller, key, query, body: value });
}
