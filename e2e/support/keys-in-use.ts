import { isKeyPairAlgorithm, KEY_ALGORITHMS, type KeyAlgorithm, usualUsage } from "@holdfast/protocol";
import type { KeyView } from "../../apps/agent/src/admin/answers.ts";
import type { RestClient } from "../../apps/agent/src/endpoints/rest/testing/rest-client.ts";

/** What one key made before the disaster, and how it is checked afterwards. */
export interface Made {
  readonly label: string;
  /** The call that must answer as it did. */
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly expected: Readonly<Record<string, unknown>>;
}

const DATA = Buffer.from("written before the disaster").toString("base64");
/** RSA keys take long to make: few of them. */
const FEW = /^RSA/;

/** What the REST API does nothing with by itself: disks' keys, and keys that agree or encapsulate. */
const NOT_BY_REST = /XTS$|^X\d|^ML-KEM/;

/** Items of key.create that make at least so many keys: every algorithm once, then the quick ones by turns. */
export function itemsOfEveryKind(count: number) {
  const quick = KEY_ALGORITHMS.filter((algorithm) => !FEW.test(algorithm));
  const algorithms: KeyAlgorithm[] = [...KEY_ALGORITHMS];
  let keys = algorithms.reduce((sum, each) => sum + keysOf(each), 0);
  for (let at = 0; keys < count; at += 1) {
    const next = quick[at % quick.length] as KeyAlgorithm;
    algorithms.push(next);
    keys += keysOf(next);
  }
  return algorithms.map((algorithm, at) => ({
    ...{ label: `${algorithm} ${at}`, algorithm, usage: usualUsage(algorithm), group: "default", extractable: false },
  }));
}

const keysOf = (algorithm: KeyAlgorithm) => (isKeyPairAlgorithm(algorithm) ? 2 : 1);

/** Uses every key that encrypts, signs or authenticates; the rest are there to be found again. */
export async function useAll(keys: readonly KeyView[], rest: RestClient): Promise<Made[]> {
  const made: Made[] = [];
  await inLanes(keys, async (key) => {
    const one = await useOne(key, keys, rest);
    if (one !== null) made.push(one);
  });
  return made;
}

async function useOne(key: KeyView, keys: readonly KeyView[], rest: RestClient): Promise<Made | null> {
  const { keyId, label, usage, algorithm, state } = key;
  if (NOT_BY_REST.test(algorithm) || state !== "active") return null;
  if (usage.includes("encrypt")) {
    const json = await ask(rest, `/v1/keys/${keyId}/encrypt`, { plaintext: DATA });
    return { label, path: "/v1/decrypt", body: { ciphertext: json.ciphertext }, expected: { plaintext: DATA } };
  }
  if (usage.includes("sign")) {
    const json = await ask(rest, `/v1/keys/${keyId}/sign`, { data: DATA });
    const other = keys.find((each) => each.label === label && each.usage.includes("verify"));
    const body = { data: DATA, signature: json.signature };
    return { label, path: `/v1/keys/${other?.keyId}/verify`, body, expected: { valid: true } };
  }
  if (usage.includes("mac")) {
    const json = await ask(rest, `/v1/keys/${keyId}/mac`, { data: DATA });
    return {
      ...{ label, path: `/v1/keys/${keyId}/verifymac`, body: { data: DATA, mac: json.mac }, expected: { valid: true } },
    };
  }
  return null;
}

async function ask(rest: RestClient, path: string, body: object) {
  const { status, json } = await rest.post(path, body);
  if (status !== 200) throw new TypeError(`${path}: ${JSON.stringify(json)}`);
  return json;
}

/** What no longer answers as before: nothing, when all is well. */
export async function findLost(made: readonly Made[], rest: RestClient): Promise<string[]> {
  const lost: string[] = [];
  await inLanes(made, async ({ label, path, body, expected }) => {
    const { json } = await rest.post(path, body);
    const same = Object.entries(expected).every(([name, value]) => json?.[name] === value);
    if (!same) lost.push(`${label}: ${JSON.stringify(json)}`);
  });
  return lost;
}

async function inLanes<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const waiting = [...all];
  const lane = async () => {
    for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) await work(one);
  };
  await Promise.all(Array.from({ length: 4 }, lane));
}
