// Whether the time of a refusal tells how wrong something was: a custodian's share that differs in its first byte, in its last
// or in all; a stored row's MAC likewise; a root key's seal under another key-encryption key, or damaged. Each is tried by
// turns, in an order drawn anew, and compared by a rank test: beyond about ±4 two of them differ.
//   npm run bench:wrong [-- rounds]
import { randomBytes } from "node:crypto";
import { KeyEncryptionKey, openRootKey, RootKey, sealRootKey } from "@holdfast/crypto";
import { decodeMnemonic, encodeMnemonic } from "@holdfast/protocol";
import { GivenShares, splitAmongCustodians } from "../src/custody/shares.ts";
import { isAuthenticRow, sealRow } from "../src/keystore/row.ts";
import { rankTest } from "./rank-test.ts";

const rounds = Number(process.argv[2] ?? 50_000);
const AID = "a_aebagbafaydqqcikbmga2dqpca";
const CONTEXT = "bench";

interface Wrong {
  readonly what: string;
  readonly tries: Readonly<Record<string, () => unknown>>;
}

console.log(`Node ${process.versions.node}, ${rounds} refusals of each.`);
for (const wrong of [shares(), rows(), seals()]) measure(wrong);

function measure({ what, tries }: Wrong): void {
  const names = Object.keys(tries);
  const times = new Map<string, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds * names.length; round += 1) {
    const name = names[Math.floor(Math.random() * names.length)] ?? "";
    const begun = process.hrtime.bigint();
    const refused = refuses(tries[name]);
    const took = Number(process.hrtime.bigint() - begun);
    if (!refused) throw new TypeError(`${what}, ${name}: taken`);
    if (round > rounds / 5) times.get(name)?.push(took);
  }
  const [first = "", ...others] = names;
  console.log(`\n${what}`);
  for (const name of names) console.log(`  ${name}: median ${median(times.get(name) ?? [])} µs`);
  for (const name of others) {
    const z = rankTest(times.get(first) ?? [], times.get(name) ?? []);
    console.log(`  z of "${first}" and "${name}": ${z.toFixed(1)}`);
  }
}

function refuses(work: (() => unknown) | undefined): boolean {
  try {
    return work?.() === false;
  } catch {
    return true;
  }
}

function median(times: readonly number[]): string {
  return ((times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN) / 1000).toFixed(2);
}

function flipped(bytes: Uint8Array, at: number): Uint8Array<ArrayBuffer> {
  const other = Uint8Array.from(bytes);
  other[at] = (other[at] ?? 0) ^ 1;
  return other;
}

function shares(): Wrong {
  const { source, shares: texts } = splitAmongCustodians(KeyEncryptionKey.generate(1), AID, { parts: 3, threshold: 2 });
  const words = (texts[0] ?? "").split(" ").slice(1);
  const share = decodeMnemonic(words);
  const tryOf = (bytes: Uint8Array) => {
    const text = `1 ${encodeMnemonic(bytes).join(" ")}`;
    // A new holder each time: nobody waits after five wrong ones.
    return () => new GivenShares(source, AID).give(text, "here");
  };
  return {
    what: "a custodian's share that is wrong",
    tries: {
      "in its first byte": tryOf(flipped(share, 0)),
      "in its last byte": tryOf(flipped(share, 31)),
      "in every byte": tryOf(randomBytes(32)),
    },
  };
}

function rows(): Wrong {
  const root = RootKey.generate();
  const row = sealRow(root, "key", { id: "k_aebagbafaydqqcikbmga2dqpca", body: randomBytes(700), leaf: 7 });
  const tryOf = (mac: Uint8Array) => {
    const put = { ...row, mac };
    return () => isAuthenticRow(root, "key", put);
  };
  return {
    what: "a row whose MAC is wrong",
    tries: {
      "in its first byte": tryOf(flipped(row.mac, 0)),
      "in its last byte": tryOf(flipped(row.mac, 31)),
      "in every byte": tryOf(randomBytes(32)),
    },
  };
}

function seals(): Wrong {
  const kek = KeyEncryptionKey.generate(1);
  const sealed = sealRootKey(kek, RootKey.generate(), CONTEXT);
  const foreign = sealRootKey(KeyEncryptionKey.generate(1), RootKey.generate(), CONTEXT);
  const tryOf = (bytes: Uint8Array) => () => openRootKey(kek, bytes, CONTEXT);
  return {
    what: "a root key's seal",
    tries: {
      "of another domain": tryOf(foreign),
      "with its last byte changed": tryOf(flipped(sealed, sealed.length - 1)),
      "with a byte in its middle changed": tryOf(flipped(sealed, Math.floor(sealed.length / 2))),
    },
  };
}
