import { keyNamed } from "../admission/keys-named.ts";
import { clientView, keyView, lastUseOf, type ViewPlace } from "../admission/views.ts";
import type { Domain } from "../domain.ts";
import { HttpRefusal } from "../json-http/http-refusal.ts";
import type { KeyRecord } from "../keystore/records.ts";
import { type AdminRoute, type AdminSurroundings, domainOf, get, post } from "./admin-route.ts";
import { readEntries, verifyOwnLog } from "./audit-log.ts";
import { isOnOlder } from "./authority-view.ts";

const MAX_ENTRIES = 500;
const MAX_KEYS = 50_000;

/** Calls that show keys, clients and the log. */
export function readingRoutes({ agent }: AdminSurroundings): AdminRoute[] {
  return [
    get("/v1/keys", ({ query }) => {
      const domain = domainOf(agent);
      const place = placeOf(domain);
      const [from, limit] = [numberOf(query, "from", 0), numberOf(query, "limit", MAX_KEYS)];
      const name = query.get("name");
      const all = [...domain.keystore.keys()].filter((key) => name === null || isLiveNamed(key, name));
      const asked = all.slice(from, from + Math.min(limit, MAX_KEYS));
      return { keys: asked.map((key) => keyView(key, place)) };
    }),
    get("/v1/keys/([^/]+)", (_call, word) => {
      const domain = domainOf(agent);
      return keyView(findKey(domain, decodeWord(word)), placeOf(domain));
    }),
    get("/v1/refusals", () => ({ refusals: agent.refusals.all() })),
    get("/v1/clients", () => {
      const { keystore } = domainOf(agent);
      const { generations } = domainOf(agent).authority;
      const isChanging = generations.trusted.length > 1;
      const clients = [...keystore.clients()].map((client) => {
        const view = clientView(client, lastUseOf(keystore, client.id), keystore);
        return isChanging ? { ...view, authority: isOnOlder(generations, client) ? "older" : "newest" } : view;
      });
      return { clients };
    }),
    get("/v1/log", async ({ query }) => {
      const domain = domainOf(agent);
      const { log } = domain;
      const last = numberOf(query, "last", 0);
      const from = last > 0 ? Math.max(0, log.size - last) : numberOf(query, "from", 0);
      const limit = Math.min(last > 0 ? last : numberOf(query, "limit", MAX_ENTRIES), MAX_ENTRIES);
      return { entries: await readEntries(domain, from, limit) };
    }),
    get("/v1/log/checkpoint", () => {
      const { log } = domainOf(agent);
      return { checkpoint: log.checkpoint(), size: log.size };
    }),
    post("/v1/audit/verify", [], () => verifyOwnLog(domainOf(agent))),
  ];
}

/** What is shown of use is shown as of now, not of a minute ago. */
function placeOf({ keystore, guard, operations }: Domain): ViewPlace {
  operations.flushUse();
  return { keystore, now: guard.time(), unspent: (keyId) => operations.unspent(keyId) };
}

/** Whether a key is called exactly so, and not destroyed. */
function isLiveNamed({ label, state }: KeyRecord, name: string): boolean {
  return label === name && !state.startsWith("destroyed");
}

function findKey({ keystore }: Domain, word: string) {
  const found = keyNamed(word, keystore);
  if (found) return found;
  throw new HttpRefusal(404, "E_NOT_FOUND", "There is no such key.");
}

/** @throws {@link HttpRefusal} `E_SCHEMA` */
function decodeWord(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    throw new HttpRefusal(400, "E_SCHEMA", "The address of the call is none.");
  }
}

function numberOf(query: URLSearchParams, name: string, otherwise: number): number {
  const text = query.get(name);
  if (text === null) return otherwise;
  if (!/^\d{1,15}$/.test(text)) throw new HttpRefusal(400, "E_SCHEMA", `${name} is not a number.`);
  return Number(text);
}
