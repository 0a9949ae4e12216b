// Every algorithm of packages/crypto beside node:crypto alone, by turns in one process, and AES-GCM 1 KB through the one door
// of an agent. Only ratios carry from one machine to another.
//   npm run bench:crypto [-- milliseconds of each side]
import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from "node:crypto";
import { cpus, loadavg } from "node:os";
import { keyAlgorithms } from "@holdfast/crypto";
import { openBenchAgent } from "./bench-agent.ts";
import { asymmetricRows } from "./crypto-asymmetric.ts";
import { type CryptoRow, measurePair, settle } from "./crypto-pair.ts";
import { symmetricRows } from "./crypto-symmetric.ts";

const milliseconds = Number(process.argv[2] ?? 500);
const load = loadavg()[0]?.toFixed(1);

const { domain, close } = await openBenchAgent();
try {
  const door = await doorRows();
  const rows = [...door, ...symmetricRows(), ...asymmetricRows()];
  const left = keyAlgorithms.filter((name) => !rows.some(({ algorithm }) => algorithm === name));
  if (left.length > 0) throw new TypeError(`Not measured: ${left.join(" ")}`);
  const [cpu] = cpus();
  console.log(
    [
      `${cpus().length} × ${cpu?.model ?? "processor"}, Node ${process.versions.node}, load before ${load}, ${milliseconds} ms of each side by turns of 5 ms after 300 ms to warm up, the middle of five rounds, 1 KB where nothing else is said.`,
      "",
      "| algorithm | | a second | node:crypto | × its time |",
      "|---|---|--:|--:|--:|",
    ].join("\n"),
  );
  settle(door);
  for (const row of rows) console.log(line(row));
} finally {
  await close();
}

function line(row: CryptoRow): string {
  const { ours, raw, ratio } = measurePair(row, milliseconds);
  const beside = row.yardstick === undefined ? "" : ` (beside ${row.yardstick})`;
  return `| ${row.algorithm} | ${row.what}${beside} | ${rate(ours)} | ${rate(raw)} | ${ratio.toFixed(2)} |`;
}

function rate(perSecond: number): string {
  return perSecond >= 100 ? perSecond.toFixed(0) : perSecond.toPrecision(3);
}

/** AES-256-GCM with its whole way through `operations/`: client, grant, state, usage, count. */
async function doorRows(): Promise<CryptoRow[]> {
  const usage = ["encrypt", "decrypt"];
  const item = { label: "bench", algorithm: "AES-256", usage, group: "default", extractable: false };
  const created = await domain.admission.act({
    reason: "bench",
    wait: true,
    act: "key.create",
    args: { items: [item] },
  });
  const grants = [{ ops: usage, keys: { kind: "group", id: "default" } }];
  const args = { label: "bench", auth: { kind: "issued", validitySec: 3600 }, grants };
  const enrolled = await domain.admission.act({ reason: "bench", wait: true, act: "client.enrol", args });
  const client = domain.keystore.findClient(enrolled.client?.clientId ?? "");
  const name = created.keys?.[0]?.keyId ?? "";
  if (client === null) throw new TypeError("The client was not enrolled.");
  const caller = { client, from: "127.0.0.1" };
  const { operations } = domain;
  const text = randomBytes(1024);
  const key = createSecretKey(randomBytes(32));
  const iv = randomBytes(12);
  const options = { authTagLength: 16 };
  const seal = () => {
    const cipher = createCipheriv("aes-256-gcm", key, iv, options);
    const body = cipher.update(text);
    cipher.final();
    return { body, tag: cipher.getAuthTag() };
  };
  const open = () => {
    const decipher = createDecipheriv("aes-256-gcm", key, iv, options);
    decipher.setAuthTag(made.tag);
    const body = decipher.update(made.body);
    decipher.final();
    return body;
  };
  const made = seal();
  const { ciphertext } = operations.encrypt(caller, { name }, { plaintext: text });
  const params = { mode: "GCM" } as const;
  const given = operations.encryptWith(caller, { name }, { params, data: text });
  const opening = {
    params: { ...params, ...(given.iv && { iv: given.iv }), ...(given.tag && { tag: given.tag }) },
    data: given.ciphertext,
  };
  const algorithm = "the agent's door";
  return [
    {
      algorithm,
      what: "AES-256-GCM encrypt",
      ours: () => operations.encrypt(caller, { name }, { plaintext: text }),
      raw: seal,
    },
    { algorithm, what: "AES-256-GCM decrypt", ours: () => operations.decrypt(caller, { ciphertext }), raw: open },
    {
      ...{ algorithm, what: "AES-256-GCM encrypt by parameters" },
      ours: () => operations.encryptWith(caller, { name }, { params, data: text }),
      raw: seal,
    },
    {
      ...{ algorithm, what: "AES-256-GCM decrypt by parameters" },
      ours: () => operations.decryptWith(caller, { name }, opening),
      raw: open,
    },
  ];
}
