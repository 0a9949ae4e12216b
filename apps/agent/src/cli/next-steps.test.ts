import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HsmError } from "@holdfast/crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { beginDrill } from "../admin/escrow-routes.ts";
import { makeBackup } from "../admin/make-backup.ts";
import { initAgent } from "../init-agent.ts";
import { openTestDomain } from "../operations/testing/open-test-domain.ts";
import { AgentRefusal } from "./cli-error.ts";
import { withPinOfNewAgent, withPinOfNewWay } from "./pin-of-new-agent.ts";
import { readHidden } from "./terminal.ts";

let base: string;
beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-steps-")));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

describe("a PIN that the token refuses", () => {
  const refused = () => Promise.reject(new HsmError("E_HSM_PIN"));

  test("while a key server is made says that there is none, and to mend it and begin again: there is nothing to unseal", async () => {
    const refusal = expect.objectContaining({
      code: "E_HSM_PIN",
      message: expect.stringContaining("No key server was made"),
      next: expect.stringMatching(/^(?!.*unseal).*Mend the PIN.*run this command again/),
    });
    await expect(withPinOfNewAgent(refused)).rejects.toEqual(refusal);
    const gone = new HsmError("E_HSM_GONE");
    await expect(withPinOfNewAgent(() => Promise.reject(gone))).rejects.toBe(gone);
  });

  test("for another way of opening says that the one of before goes on", async () => {
    const answer = new AgentRefusal(409, "E_HSM_PIN", "The token refused the PIN.", "Run `holdfast-agent unseal`.");
    await expect(withPinOfNewWay(() => Promise.reject(answer))).rejects.toMatchObject({
      code: "E_HSM_PIN",
      message: expect.stringContaining("What opened the agent still does"),
      next: expect.not.stringContaining("unseal"),
    });
  });
});

test.each([
  ["below a file", "file/data"],
  ["in the place of a file", "file"],
])("a key server that is to be made %s is refused as such, and the file stays", async (_, name) => {
  writeFileSync(join(base, "file"), "mine");
  const folders = { dataDirectory: join(base, name), keyDirectory: join(base, "keys") };
  await expect(initAgent({ ...folders, name: "one", standalone: true, kek: { kind: "file" } })).rejects.toMatchObject({
    code: "E_STORE",
    message: expect.stringMatching(/cannot be made or read: .*file\. Nothing was made/),
    next: expect.stringContaining("--data"),
  });
  expect([readFileSync(join(base, "file"), "utf8"), existsSync(join(base, "keys"))]).toEqual(["mine", false]);
});

test("an empty file is told as what it should have held", async () => {
  const file = join(base, "empty");
  writeFileSync(file, "", { mode: 0o600 });
  const read = (what?: string) => readHidden({ file }, "", { next: "", ...(what === undefined ? {} : { what }) });
  await expect(read("share")).rejects.toMatchObject({ code: "E_FILE", message: "The share is empty." });
  await expect(read()).rejects.toMatchObject({ code: "E_FILE", message: "The passphrase is empty." });
});

test("a drill of a backup without custodians says what opens it, and does not send a person round in a circle", async () => {
  const domain = await openTestDomain();
  try {
    const { path } = await makeBackup(domain.agent, domain, join(base, "one.backup"));
    await expect(beginDrill(domain.agent, domain, path, "")).rejects.toMatchObject({
      code: "E_DRILL",
      message: expect.stringContaining("its recovery file opens it"),
      next: expect.stringMatching(/^(?!.*backup drill FILE).*backup verify FILE --recovery FILE.*escrow enrol/),
    });
  } finally {
    await domain.close();
  }
});
