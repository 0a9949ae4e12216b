import { openBrowser } from "../support/chromium.ts";
import { type CustodianAtHome, giveShare } from "../support/custodian.ts";
import { approve } from "../support/first-run.ts";
import { LostDisk } from "../support/lost-disk.ts";

/**
 * `npm run drill:disaster [-- --keys N]`: a whole disaster, end to end. 10,000 keys of all kinds in use, backups that happen
 * alone, the disk destroyed, the backup restored on a new host by administrators and three custodians in real browsers.
 */
const NAMES = ["Maria Lindqvist", "Jonas Weber", "Li Wei", "Amara Diallo"];
const DEFAULT_KEYS = 10_000;

async function drill(count: number): Promise<boolean> {
  const browser = await openBrowser();
  const lost = await LostDisk.begin(browser.browser);
  try {
    await step("four custodians, any three of whom open backups", () => lost.enrolCustodians(NAMES, 3));
    const folder = await step("backups happen alone", () => lost.backUpAlone());
    await step(`${count} keys of every kind, each in use`, () => lost.fillAndUse(count));
    await step("one more key, a minute before the disaster", () => lost.oneMore("a minute before"));
    const backup = await step("every key is in a backup", () => lost.newestOf(folder));
    await step("the process is killed, its disk destroyed", () => lost.disaster());
    const receiver = await step("a new host waits for the backup's custodians", () => lost.receive(backup));
    await step("the administrator approves the release", async () =>
      lost.administrator.close(await approve(lost.administrator, receiver.ready.approveUrl)),
    );
    for (const [at, way] of [
      [0, "passkey"],
      [1, "key file"],
      [3, "passkey"],
    ] as const)
      await step(`${NAMES[at]} gives a share by ${way}`, () =>
        giveShare(lost.custodians[at] as CustodianAtHome, receiver.ready.custodianUrl, lost.sheet, way),
      );
    const { code, errors } = await step("the backup is restored", () => receiver.ended);
    if (code !== 0) throw new TypeError(errors);
    await step("the new host serves", () => lost.serveRestored());
    return await judge(lost);
  } finally {
    await lost.end();
    await browser.close();
  }
}

async function judge(lost: LostDisk): Promise<boolean> {
  const gone = await step("every old ciphertext, signature and code is checked", () => lost.lost());
  const { status } = await lost.rest.post("/v1/decrypt", { ciphertext: lost.destroyed?.ciphertext });
  await step("the administrator accepts the restored state", () => lost.acceptRestored());
  const { code } = await step("an auditor's program verifies the report", () => lost.verifiedReport());
  const keys = (await lost.keys()).length;
  const recent = (await lost.keys()).some(({ label }) => label === "a minute before");
  const destroyed = (await lost.keys()).find(({ keyId }) => keyId === lost.destroyed?.keyId)?.state;
  const facts = [
    ["keys restored", String(keys), true],
    ["used before, checked after", `${lost.made.length - gone.length} of ${lost.made.length}`, gone.length === 0],
    ["key made a minute before", recent ? "there" : "lost", recent],
    ["destroyed key", `${destroyed}, decrypt answers ${status}`, destroyed === "destroyed" && status >= 400],
    ["report", code === 0 ? "verified" : "refused", code === 0],
  ] as const;
  for (const [name, value, isGood] of facts) say(`${isGood ? "✓" : "✗"} ${name}: ${value}`);
  for (const each of gone.slice(0, 5)) say(`  ${each}`);
  return facts.every(([, , isGood]) => isGood);
}

async function step<T>(what: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const made = await work();
  say(`${((performance.now() - start) / 1000).toFixed(1).padStart(7)} s  ${what}`);
  return made;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const at = process.argv.indexOf("--keys");
const count = at < 0 ? DEFAULT_KEYS : Number(process.argv[at + 1]);
if (!Number.isInteger(count) || count < 1) {
  say("Usage: npm run drill:disaster [-- --keys N]");
  process.exitCode = 2;
} else process.exitCode = (await drill(count)) ? 0 : 1;
