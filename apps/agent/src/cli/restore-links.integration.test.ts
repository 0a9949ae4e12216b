import { rmSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { CommandLineRun, type Served } from "./testing/command-line-run.ts";

let line: CommandLineRun;
let served: Served;
let reports: readonly [pdf: string, bundle: string];

/** A key server whose rules were changed after its backup, lost and restored. */
beforeAll(async () => {
  line = new CommandLineRun();
  const off = ["--rest", "off", "--page", "off"];
  const made = (await line.run("init", "--standalone")).json;
  served = await line.serve(off);
  await line.run("backup", "create", "--out", line.path("backup"));
  expect((await line.run("policy", "set", "key.label", "--life", "PT2H")).code).toBe(0);
  reports = (await line.run("report", "--out", line.path("reports"))).json.files;
  await served.stop();
  rmSync(line.path("data"), { recursive: true });
  writeFileSync(line.path("passphrase"), made.recoveryPassphrase, { mode: 0o600 });
  const recovery = ["--recovery", made.recoveryFile, "--recovery-passphrase-file", line.path("passphrase")];
  const kek = ["--unseal", `file:${line.path("new.kek")}`];
  expect((await line.run("backup", "restore", line.path("backup"), ...recovery, ...kek)).code).toBe(0);
  served = await line.serve(off);
}, 120_000);
afterAll(() => line.close());

const bring = (report: string) => line.run("restore", "links", report);
it("a report brings a restored key server the changes that came after its backup, once, and none when people have accepted", async () => {
  const cut = line.path("cut.pdf");
  writeFileSync(cut, "%PDF-1.7 and no report");
  const refused = await bring(cut);
  expect([refused.code, refused.json.error]).toMatchObject([1, { code: "V_PDF_EVIDENCE", next: expect.any(String) }]);

  const [pdf, bundle] = reports;
  const learnt = { learnt: 1, restored: { knew: { seq: 0 }, now: { seq: 1 } } };
  expect(await bring(pdf)).toMatchObject({ code: 0, json: learnt });
  const { policy } = (await line.run("policy", "list")).json as { policy: { act: string; maxTtlSec: number }[] };
  expect(policy.find(({ act }) => act === "key.label")?.maxTtlSec).toBe(7_200);
  expect(await bring(bundle)).toMatchObject({ code: 0, json: { ...learnt, learnt: 0 } });

  expect((await line.run("restore", "accept")).code).toBe(0);
  const late = await bring(pdf);
  expect([late.code, late.json.error.code]).toEqual([2, "E_USAGE"]);
}, 120_000);
