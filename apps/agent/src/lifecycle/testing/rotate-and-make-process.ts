/**
 * Opens the agent of a data folder, makes keys and rotates the key-encryption key until it is killed, and prints each key
 * that was acknowledged with its check value. Started by kill-rotations.ts only.
 */
import { Agent } from "../../agent.ts";
import { silentLogger } from "../../logger.ts";

const [dataDirectory = ""] = process.argv.slice(2);
const agent = await Agent.open({ dataDirectory, pageOrigin: null, logger: silentLogger });
const { domain } = agent;
if (domain === null) process.exit(1);
process.stdout.write("open\n");
const item = {
  label: "orders",
  algorithm: "AES-256",
  usage: ["encrypt", "decrypt"],
  group: "default",
  extractable: false,
};
for (let turn = 0; ; turn += 1) {
  if (turn % 4 === 0) domain.keks.rotate();
  const args = { items: [item, item] };
  const answer = await domain.admission.act({ act: "key.create", args, reason: "", wait: false });
  for (const { keyId, kcv } of answer.keys ?? []) process.stdout.write(`${keyId} ${kcv}\n`);
  await new Promise((resolve) => setImmediate(resolve));
}
