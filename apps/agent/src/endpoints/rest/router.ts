import { RestError } from "./errors.ts";
import type { Route } from "./route.ts";
import { attestationRoute } from "./routes/attestation.ts";
import { enrolRoute, renewCertificateRoute } from "./routes/certificate.ts";
import { dataKeyRoute } from "./routes/data-key.ts";
import { decryptRoute } from "./routes/decrypt.ts";
import { encryptRoute } from "./routes/encrypt.ts";
import { createKeyRoute, describeKeyRoute, listKeysRoute } from "./routes/keys.ts";
import { checkpointRoute, proofRoute } from "./routes/log.ts";
import { materialRoute } from "./routes/material.ts";
import { agreeRoute, decapsulateRoute, deriveRoute, encapsulateRoute } from "./routes/new-keys.ts";
import { randomRoute } from "./routes/random.ts";
import { reencryptRoute } from "./routes/reencrypt.ts";
import { macRoute, signRoute, verifyMacRoute, verifyRoute } from "./routes/sign.ts";
import { unwrapRoute, wrapRoute } from "./routes/wrap.ts";

/** Every route of the API; the OpenAPI document is written from this list. */
export const ROUTES: readonly Route[] = [
  createKeyRoute,
  listKeysRoute,
  describeKeyRoute,
  encryptRoute,
  decryptRoute,
  reencryptRoute,
  dataKeyRoute,
  signRoute,
  verifyRoute,
  macRoute,
  verifyMacRoute,
  wrapRoute,
  unwrapRoute,
  deriveRoute,
  agreeRoute,
  encapsulateRoute,
  decapsulateRoute,
  materialRoute,
  randomRoute,
  attestationRoute,
  checkpointRoute,
  proofRoute,
  renewCertificateRoute,
  enrolRoute,
];

/** Where a request goes. */
export interface Target {
  readonly route: Route;
  /** The `{key}` of the path; empty where there is none. */
  readonly key: string;
  /** What stands behind the `?`. */
  readonly search: string;
}

const KEYS = "/v1/keys/";
/** What changes a key's alias in other APIs: administrators do it here (decision 0021). */
const ALIAS = /\/alias$/;
const CHANGES: ReadonlySet<string> = new Set(["PUT", "POST", "PATCH", "DELETE"]);
/** The path of a key itself. */
const WHOLE = "/v1/keys/{key}";
const MAX_URL = 2048;

const exact = new Map<string, Map<string, Route>>();
const ofKey = new Map<string, Route>();
for (const route of ROUTES) {
  const [, last] = /^\/v1\/keys\/\{key\}\/?(.*)$/.exec(route.path) ?? [];
  if (last !== undefined) ofKey.set(last, route);
  else exact.set(route.path, (exact.get(route.path) ?? new Map<string, Route>()).set(route.method, route));
}

/**
 * Finds the route of a request.
 *
 * A key is one segment of the path or, as an alias is written with slashes, several.
 *
 * @throws {@link RestError} `E_ROUTE`, `E_METHOD`, `E_ALIAS_FIXED`, `E_HTTP`
 */
export function findRoute(method: string, url: string): Target {
  if (url.charCodeAt(0) !== 0x2f || url.length > MAX_URL) throw new RestError("E_HTTP", "The path is not one of ours.");
  const mark = url.indexOf("?");
  const path = mark === -1 ? url : url.slice(0, mark);
  const search = mark === -1 ? "" : url.slice(mark + 1);
  if (path.startsWith(KEYS)) return { ...findKeyRoute(method, path.slice(KEYS.length)), search };
  const methods = exact.get(path);
  if (methods === undefined) throw new RestError("E_ROUTE");
  const route = methods.get(method);
  if (route === undefined) throw new RestError("E_METHOD", undefined, { allow: [...methods.keys()].join(", ") });
  return { route, key: "", search };
}

function findKeyRoute(method: string, rest: string): { route: Route; key: string } {
  const slash = rest.lastIndexOf("/");
  const operation = slash === -1 ? undefined : ofKey.get(rest.slice(slash + 1));
  if (operation !== undefined && operation.path !== WHOLE && operation.method === method)
    return { route: operation, key: decoded(rest.slice(0, slash)) };
  if (CHANGES.has(method) && ALIAS.test(rest)) throw new RestError("E_ALIAS_FIXED");
  const whole = ofKey.get("");
  if (method === "GET" && whole !== undefined) return { route: whole, key: decoded(rest) };
  const known = operation !== undefined || slash === -1;
  throw known ? new RestError("E_METHOD", undefined, { allow: operation?.method ?? "GET" }) : new RestError("E_ROUTE");
}

function decoded(segment: string): string {
  if (!segment.includes("%")) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new RestError("E_HTTP", "The path is not percent-encoded UTF-8.");
  }
}
