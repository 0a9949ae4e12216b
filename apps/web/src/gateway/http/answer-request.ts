import type { IncomingMessage } from "node:http";
import type { Gateway } from "../gateway.ts";
import { GatewayError } from "../gateway-error.ts";
import { enrol, readEnrolment } from "../routes/enrol.ts";
import { ENROL, ROUTES } from "../routes/routes.ts";
import { readSignature } from "../signature/read-signature.ts";
import { NONCE_SECONDS, type SignedRequest, verifyRequest } from "../signature/verify-request.ts";
import { addressOf } from "./address-of.ts";
import type { RateLimit } from "./rate-limit.ts";
import { parseJson, readBody } from "./read-body.ts";

/** What an agent may ask that the stored roster does not name: to show a roster that does, to see that none does, and to leave. */
const FOR_ANY_ENROLLED: ReadonlySet<string> = new Set([
  "/v1/log/state",
  "/v1/roster",
  "/v1/roster/since",
  "/v1/unlink",
]);

/** What answering one request needs. */
export interface RequestParts {
  readonly gateway: Gateway;
  readonly rates: RateLimit;
  /** Ends when the agent hangs up or the gateway stops. */
  readonly signal: AbortSignal;
}

/**
 * Answers one request: its form, who signed it, that it is new, and only then what it asks.
 *
 * @throws {@link GatewayError}, and the codes of protocol and tlog for evidence that does not hold
 */
export async function answerRequest(request: IncomingMessage, parts: RequestParts): Promise<object> {
  const { gateway, rates, signal } = parts;
  const path = request.url ?? "";
  const route = Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined;
  if (request.method !== "POST" || (!route && path !== ENROL)) {
    throw new GatewayError("E_NOT_FOUND", "The gateway has no such address.");
  }
  const contentType = headerOf(request, "content-type");
  if (contentType !== "application/json") throw new GatewayError("E_SCHEMA", "Only application/json is read here.");
  const signature = readSignature((name) => headerOf(request, name));
  rates.countAddress(addressOf(request));
  const body = await readBody(request);
  const signed: SignedRequest = { url: gateway.url + path, contentType, body, signature };
  const { aid } = signature;
  if (!route) {
    const enrolment = readEnrolment(parseJson(body), aid);
    await checkSigned(gateway, signed, enrolment.aik);
    return enrol(gateway, enrolment, addressOf(request));
  }
  const found = await gateway.db.identity.routes.find(aid);
  if (found === null) throw new GatewayError("E_AGENT", "The agent has no mailbox here.");
  await checkSigned(gateway, signed, found.aik);
  rates.countAgent(aid);
  const scope = { tenantId: found.tenantId, environmentId: found.environmentId };
  if (!FOR_ANY_ENROLLED.has(path)) await gateway.standing.assertNamed(gateway.db, scope, { aid, aik: found.aik });
  return route({ gateway, aid, aik: found.aik, scope, body: parseJson(body), signal });
}

async function checkSigned(gateway: Gateway, request: SignedRequest, aik: string): Promise<void> {
  await verifyRequest(request, aik, gateway.now());
  const { aid, nonce, created } = request.signature;
  const expiresAt = new Date((created + NONCE_SECONDS) * 1000);
  if (!(await gateway.db.identity.routes.takeNonce(aid, nonce, expiresAt))) {
    throw new GatewayError("E_REPLAY", "The request was made before.");
  }
}

function headerOf(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return typeof value === "string" ? value : "";
}
