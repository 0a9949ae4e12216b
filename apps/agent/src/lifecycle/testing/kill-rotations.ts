/**
 * Kills an agent again and again while it makes keys and rotates its key-encryption key, and looks after each time at what
 * a start finds: every acknowledged key is there with its material, nothing is locked, every version is under a
 * key-encryption key that is there.
 *
 * `npm run check:kills -- --times 200`
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Agent } from "../../agent.ts";
import { initAgent } from "../../init-agent.ts";
import { silentLogger } from "../../logger.ts";

const PROCESS = fileURLToPath(new URL("./rotate-and-make-process.ts", import.meta.url));
/** Longest that one process lives after it has opened, in milliseconds. */
const LONGEST_LIFE_MS = 400;

const { values } = parseArgs({ options: { times: { type: "string", default: "200" } } });
const base = mkdtempSync(join(tmpdir(), "holdfast-kills-"));
const dataDirectory = join(base, "data");
await initAgent({
  ...{ dataDirectory, keyDirectory: join(base, "keys"), name: "killed", standalone: true },
  kek: { kind: "file" },
  recoveryPassphrase: "a drawer in another house",
});

const acknowledged = new Map<string, string>();
let [lost, wrong, locked, problems, rotations] = [0, 0, 0, 0, 0];
for (let time = 0; time < Number(values.times); time += 1) {
  await liveAndDie();
  const agent = await Agent.open({ dataDirectory, pageOrigin: null, logger: silentLogger });
  const { domain } = agent;
  if (domain === null) throw new TypeError("The agent did not open.");
  for (const [id, kcv] of acknowledged) {
    if (domain.keystore.findKey(id) === null) lost += 1;
    else if (domain.keystore.handle(id, 1).checkValue() !== kcv) wrong += 1;
  }
  locked += domain.keystore.lockedObjects().length;
  problems += domain.problem === null ? 0 : 1;
  rotations = domain.keks.status().current;
  await agent.close();
}
rmSync(base, { recursive: true, force: true });
const found = {
  kills: Number(values.times),
  acknowledged: acknowledged.size,
  rotations,
  lost,
  wrong,
  locked,
  problems,
};
process.stdout.write(`${JSON.stringify(found)}\n`);
process.exitCode = lost + wrong + locked + problems === 0 ? 0 : 1;

function liveAndDie(): Promise<void> {
  const child = spawn(process.execPath, [PROCESS, dataDirectory], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => {
    if (text === "") setTimeout(() => child.kill("SIGKILL"), Math.random() * LONGEST_LIFE_MS);
    text += chunk.toString();
  });
  return new Promise((resolve) => {
    child.on("close", () => {
      const whole = text.slice(0, text.lastIndexOf("\n") + 1);
      for (const [, id = "", kcv = ""] of whole.matchAll(/^(k_\S+) (\S+)$/gm)) acknowledged.set(id, kcv);
      resolve();
    });
  });
}
