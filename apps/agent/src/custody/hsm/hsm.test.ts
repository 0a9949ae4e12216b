import { cpSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Token } from "@holdfast/crypto";
import { hasSoftHsm, SoftHsm } from "@holdfast/testkit";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { Agent } from "../../agent.ts";
import { initAgent } from "../../init-agent.ts";
import { createLogger } from "../../logger.ts";
import type { Rekey } from "../custody.ts";

let base: string;
let hsm: SoftHsm;
let pinFile: string;
let lines: string[];
let agent: Agent | null = null;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "holdfast-hsm-agent-"));
  lines = [];
});
afterEach(async () => {
  await agent?.close();
  agent = null;
  hsm.putBack();
  rmSync(base, { recursive: true, force: true });
});

function writePin(pin: string): void {
  writeFileSync(pinFile, `${pin}\n`, { mode: 0o600 });
}

const uriOf = (label: string): string =>
  `pkcs11:token=${label};object=kek?module-path=${hsm.module}&pin-source=file:${pinFile}`;

async function init(uri: string, pin?: string) {
  return initAgent({
    dataDirectory: join(base, "data"),
    keyDirectory: join(base, "keys"),
    name: "hsm",
    kek: { kind: "pkcs11", uri, ...(pin === undefined ? {} : { pin }) },
    standalone: true,
  });
}

async function open(times = { everyMs: 20, graceMs: 60 }): Promise<Agent> {
  const logger = createLogger((line) => lines.push(line));
  agent = await Agent.open({ dataDirectory: join(base, "data"), pageOrigin: null, logger, hsm: times });
  return agent;
}

const logged = (event: string): boolean => lines.some((line) => line.includes(`"${event}"`));

describe.skipIf(!hasSoftHsm)("an agent whose key-encryption key is in a token", () => {
  let first: string;
  beforeAll(async () => {
    hsm = new SoftHsm();
    hsm.make("kek");
    pinFile = join(hsm.folder, "pin");
    writePin(SoftHsm.pin);
    base = first = join(hsm.folder, "first");
    const made = await init(uriOf("kek"));
    expect(made.kek).toMatchObject({ kind: "pkcs11", kek: { label: "kek", mode: "AES-GCM" } });
  }, 60_000);
  beforeEach(() => cpSync(join(first, "data"), join(base, "data"), { recursive: true }));
  afterAll(() => hsm.remove());

  test("opens by itself with the PIN's file, and keeps nothing on its disk that opens it without the token", async () => {
    expect((await open()).sealed).toBe(false);
    expect(agent?.custody.hsm?.state).toMatchObject({ state: "present", code: null });
    for (const file of ["agent.db", "agent.json"])
      expect(readFileSync(join(base, "data", file)).includes(SoftHsm.pin)).toBe(false);
  });

  test("stays sealed while the token is gone at start, and opens by itself when it is there", async () => {
    hsm.pullOut();
    expect((await open()).sealed).toBe(true);
    expect(agent?.custody.hsm?.state).toMatchObject({ state: "gone", code: "E_HSM_GONE" });
    await expect(agent?.unseal()).rejects.toMatchObject({ code: "E_HSM_GONE", retry: "later" });
    hsm.putBack();
    await vi.waitFor(() => expect(agent?.sealed).toBe(false), { timeout: 30_000 });
    await vi.waitFor(() => expect(logged("agent.recovered")).toBe(true));
  });

  test("seals itself when the token stays away in service, and comes back with it", async () => {
    await open();
    hsm.pullOut();
    await vi.waitFor(() => expect(agent?.sealed).toBe(true), { timeout: 30_000 });
    expect(agent?.waitsForToken).toBe(true);
    expect(logged("hsm.gone")).toBe(true);
    hsm.putBack();
    await vi.waitFor(() => expect(agent?.domain).not.toBe(null), { timeout: 30_000 });
  });

  test("that a person sealed stays sealed, whatever the token does", async () => {
    await open({ everyMs: 5, graceMs: 10 });
    const unsealed = vi.spyOn(agent as Agent, "unsealByItself");
    agent?.seal();
    expect(agent?.waitsForToken).toBe(false);
    const looks = vi.spyOn((agent as Agent).custody, "hsm", "get");
    hsm.pullOut();
    await vi.waitFor(() => expect(looks.mock.calls.length).toBeGreaterThan(3));
    hsm.putBack();
    await vi.waitFor(() => expect(looks.mock.calls.length).toBeGreaterThan(6));
    expect(unsealed).not.toHaveBeenCalled();
    await agent?.unseal();
    expect(agent?.sealed).toBe(false);
  });

  test("gives a wrong PIN to the token once, over restarts too, until its file changes", async () => {
    writePin("wrong");
    expect((await open()).sealed).toBe(true);
    expect(agent?.custody.hsm?.state).toMatchObject({ state: "gone", code: "E_HSM_PIN" });
    await agent?.close();
    const asked = vi.fn();
    await open();
    await expect(agent?.custody.hsm?.openKek(undefined, true).then(asked)).rejects.toMatchObject({
      code: "E_HSM_PIN",
      message: expect.stringContaining("it was not given again"),
    });
    await agent?.close();
    writePin(SoftHsm.pin);
    expect((await open()).sealed).toBe(true); // the token warns: a person has to look
    await agent?.unseal();
    expect(agent?.sealed).toBe(false);
  });

  test("does not give the PIN in an unchanged file again when a person unseals, says how many were given, and takes one by hand", async () => {
    writePin("wrong");
    expect((await open()).sealed).toBe(true);
    const refusal = {
      code: "E_HSM_PIN",
      message: expect.stringMatching(/it was not given again\. 1 wrong PIN was given/),
      next: expect.stringMatching(/Write the right PIN into .*pin, then.*unseal --passphrase-file/),
    };
    await expect(agent?.unseal()).rejects.toMatchObject(refusal);
    const later = new Date(Date.now() + 60_000);
    utimesSync(pinFile, later, later);
    await expect(agent?.unseal()).rejects.toMatchObject(refusal);
    await expect(agent?.unseal("wrong too")).rejects.toMatchObject({ detail: { tries: 2 } });
    await agent?.unseal(SoftHsm.pin);
    expect(agent?.sealed).toBe(false);
    agent?.seal();
    await agent?.custody.hsm?.close();
    await expect(agent?.unseal()).rejects.toMatchObject({ detail: { tries: 0 } });
    writePin(SoftHsm.pin);
    await agent?.unseal();
    expect(agent?.sealed).toBe(false);
  });

  test("refuses another token of the same label before it is given the PIN", async () => {
    hsm.swap();
    hsm.make("kek");
    expect((await open()).sealed).toBe(true);
    expect(agent?.custody.hsm?.state).toMatchObject({ code: "E_HSM_TOKEN" });
  });

  test("takes the PIN from a person where the URI names no file", async () => {
    rmSync(join(base, "data"), { recursive: true });
    const uri = `pkcs11:token=kek?module-path=${hsm.module}`;
    await init(uri, SoftHsm.pin);
    expect((await open()).sealed).toBe(true);
    await expect(agent?.unseal()).rejects.toMatchObject({ code: "E_HSM_PIN" });
    await agent?.unseal(SoftHsm.pin);
    expect(agent?.sealed).toBe(false);
  });

  const rekeyTo = (kek: Rekey["kek"]) =>
    agent?.rekey({ kek, dataDirectory: join(base, "data"), keyDirectory: join(base, "keys") });
  const keysNamed = async (label: string): Promise<number> => {
    const pin = Buffer.from(SoftHsm.pin);
    const token = await Token.open({ binding: hsm.binding, module: hsm.module, choice: { token: "kek" }, pin });
    const found = token.callSync("find", { class: 4, label });
    await token.close();
    return found.length;
  };

  test("from a file on says of no token that it is gone, and back to a file takes the key away that it made for itself", async () => {
    rmSync(join(base, "data"), { recursive: true });
    await initAgent({
      ...{ dataDirectory: join(base, "data"), keyDirectory: join(base, "keys"), name: "hsm", standalone: true },
      kek: { kind: "file" },
    });
    writePin(SoftHsm.pin);
    await open({ everyMs: 1, graceMs: 60_000 });
    await rekeyTo({ kind: "pkcs11", uri: uriOf("kek").replace(";object=kek", "") });
    await rekeyTo({ kind: "pkcs11", uri: uriOf("kek").replace(";object=kek", "") });
    const own = `holdfast-kek-${agent?.identity.aid}`;
    expect([agent?.custody.hsm?.state.state, await keysNamed(own)]).toEqual(["present", 1]);
    const { inToken } = (await rekeyTo({ kind: "file" })) ?? {};
    expect([inToken, await keysNamed(own)]).toEqual([expect.objectContaining({ removed: true, label: own }), 0]);
    await agent?.seal();
    await agent?.unseal();
    expect([agent?.sealed, logged("custody.rekeyed"), logged("hsm.gone")]).toEqual([false, true, false]);
  });

  test("to a file leaves a key in the token that a person named, and names it", async () => {
    writePin(SoftHsm.pin);
    await open();
    const { inToken } = (await rekeyTo({ kind: "file" })) ?? {};
    expect(inToken).toMatchObject({
      removed: false,
      label: "kek",
      uri: uriOf("kek"),
      why: expect.stringMatching(/named/),
    });
    expect(await keysNamed("kek")).toBe(1);
  });

  test("to a file while the token is gone is done, and says that the key could not be removed", async () => {
    writePin(SoftHsm.pin);
    rmSync(join(base, "data"), { recursive: true });
    await init(uriOf("kek").replace(";object=kek", ""));
    await open({ everyMs: 60_000, graceMs: 60_000 });
    const { custody } = agent as Agent;
    const made = await custody.rekey(
      { kek: { kind: "file" }, dataDirectory: join(base, "data"), keyDirectory: join(base, "keys") },
      (put) => {
        put();
        hsm.pullOut();
      },
    );
    expect([custody.kek.kind, made.inToken]).toEqual(["file", expect.objectContaining({ removed: false })]);
  });

  test("that cannot be made leaves no key in the token", async () => {
    rmSync(join(base, "data"), { recursive: true });
    writeFileSync(join(base, "keys"), "in the way");
    await expect(init(uriOf("kek").replace("object=kek", "object=new"))).rejects.toThrow();
    const pin = Buffer.from(SoftHsm.pin);
    const token = await Token.open({ binding: hsm.binding, module: hsm.module, choice: { token: "kek" }, pin });
    expect(token.callSync("find", { class: 4, label: "new" })).toEqual([]);
    await token.close();
  });
});
