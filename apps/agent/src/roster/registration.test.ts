import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeBase64url, registerChallenge, wordsOf } from "@holdfast/protocol";
import {
  type AssertionKnobs,
  FakeClock,
  flipBit,
  SoftwareKey,
  SoftwarePasskey,
  softwareWitness,
} from "@holdfast/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Agent } from "../agent.ts";
import { testRecovery } from "../custody/testing/test-recovery.ts";
import { initAgent } from "../init-agent.ts";
import { createLogger } from "../logger.ts";
import type { ClaimOpened, RegistrationSubmission } from "./registration.ts";

const ORIGIN = "http://agent.localhost:7400";
const passkey = new SoftwarePasskey({ channel: "this-machine", rpId: "agent.localhost", origin: ORIGIN });
const recovery = SoftwareKey.make("EdDSA", "recovery");

let folder: string;
let agent: Agent;
let clock: FakeClock;
let lines: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-registration-"));
  clock = new FakeClock();
  lines = [];
  await initAgent({
    ...{ dataDirectory: join(folder, "data"), keyDirectory: join(folder, "keys"), name: "keys-1", standalone: false },
    kek: { kind: "file" },
    recoveryPassphrase: await testRecovery(),
  });
  agent = await open();
});
afterEach(async () => {
  await agent.close();
  rmSync(folder, { recursive: true, force: true });
});

function open(pageOrigin: string | null = ORIGIN): Promise<Agent> {
  const logger = createLogger((line) => lines.push(line));
  return Agent.open({ dataDirectory: join(folder, "data"), pageOrigin, logger, clock });
}

function claimWord(): string {
  return agent.registration.newClaim().claimUrl.split("#")[1] ?? "";
}

function submission(opened: ClaimOpened, lies: Lies = {}): RegistrationSubmission {
  const challenge = decodeBase64url(opened.challenge);
  const made = lies.passkey ?? passkey;
  const key = lies.recovery ?? recovery;
  return {
    label: "Ada",
    attestation: made.create(challenge, lies.create),
    possession: { credId: (lies.possessor ?? made).credId, ...(lies.possessor ?? made).get(challenge, lies.get) },
    recovery: { cose: key.coseText, sig: key.signRaw("recover", lies.recoverChallenge ?? challenge) },
  };
}

interface Lies {
  readonly passkey?: SoftwarePasskey;
  readonly possessor?: SoftwarePasskey;
  readonly create?: AssertionKnobs;
  readonly get?: AssertionKnobs;
  readonly recovery?: SoftwareKey;
  readonly recoverChallenge?: Uint8Array;
}

/** Code of the refusal, which must be on record too. */
async function refusedBy(work: () => unknown): Promise<string> {
  const before = counted();
  const code = await Promise.resolve()
    .then(work)
    .then(
      () => "taken",
      (error: { code?: string }) => error.code ?? String(error),
    );
  expect(counted()).toBe(before + (code === "taken" ? 0 : 1));
  return code;
}

function counted(): number {
  return agent.refusals.all().reduce((sum, { count }) => sum + count, 0);
}

const words = () => (agent.registration.answer().words ?? []).join(" ");

describe("the first administrator", () => {
  test("is registered by claim, passkey and the console's yes, and the domain serves at once and after a restart", async () => {
    expect(agent.registration.state()).toBe("none");
    const { claimUrl, expiresAt } = agent.registration.newClaim();
    expect(claimUrl).toMatch(/^http:\/\/agent\.localhost:7400\/claim#[A-Za-z0-9_-]{22}$/);
    expect(expiresAt).toBe(clock.now() + 600);
    const opened = agent.registration.openClaim(claimUrl.split("#")[1] ?? "");
    expect(opened).toMatchObject({ rpId: "agent.localhost", origin: ORIGIN, aid: agent.identity.aid });
    expect(agent.registration.state()).toBe("used");
    await agent.registration.register(opened.registration, submission(opened));
    expect(agent.domain).toBeNull();
    expect(agent.registration.answer()).toMatchObject({
      state: "waiting",
      origin: ORIGIN,
      credential: { label: "Ada" },
    });
    const shown = words();
    const { tid } = await agent.registration.confirm(shown);
    expect(wordsOf(tid).join(" ")).toBe(shown);
    expect(agent.registration.stateFor(opened.registration)).toBe("done");
    expect(agent.domain?.rosters.current().roster.admins[0]).toMatchObject({ label: "Ada" });
    await agent.close();
    agent = await open();
    expect(agent.domain?.tid).toBe(tid);
    expect(() => agent.registration.newClaim()).toThrow(expect.objectContaining({ code: "E_GENESIS" }));
  });

  test("may be asked for again until the console's yes: a new claim voids the one before and what was registered", async () => {
    const first = claimWord();
    const opened = agent.registration.openClaim(claimWord());
    expect(await refusedBy(() => agent.registration.openClaim(first))).toBe("E_CLAIM");
    await agent.registration.register(opened.registration, submission(opened));
    const shown = words();
    claimWord();
    expect(agent.registration.answer().state).toBe("none");
    expect(await refusedBy(() => agent.registration.stateFor(opened.registration))).toBe("E_CLAIM");
    await expect(agent.registration.confirm(shown)).rejects.toMatchObject({ code: "E_CLAIM" });
    expect(agent.tid).toBeNull();
  });

  test("is forgotten at the console's no", async () => {
    const opened = agent.registration.openClaim(claimWord());
    await agent.registration.register(opened.registration, submission(opened));
    const shown = words();
    agent.registration.refuse();
    expect(agent.registration.stateFor(opened.registration)).toBe("refused");
    await expect(agent.registration.confirm(shown)).rejects.toMatchObject({ code: "E_CLAIM" });
    expect(await refusedBy(() => agent.registration.register(opened.registration, submission(opened)))).toBe("E_CLAIM");
  });

  test("row 126: who is led to a look-alike of the page founds nothing here, and no words but this console's are taken here", async () => {
    const names = { dataDirectory: join(folder, "other"), keyDirectory: join(folder, "other keys"), name: "keys-1" };
    const kek = { kind: "file" } as const;
    await initAgent({ ...names, standalone: false, kek, recoveryPassphrase: await testRecovery() });
    const logger = createLogger(() => undefined);
    const alike = await Agent.open({ dataDirectory: names.dataDirectory, pageOrigin: ORIGIN, logger, clock });
    try {
      const led = alike.registration.openClaim(alike.registration.newClaim().claimUrl.split("#")[1] ?? "");
      await alike.registration.register(led.registration, submission(led));
      const shown = (alike.registration.answer().words ?? []).join(" ");
      expect(agent.registration.answer()).toMatchObject({ state: "none" });
      expect(await refusedBy(() => agent.registration.openClaim(led.registration))).not.toBe("taken");
      const opened = agent.registration.openClaim(claimWord());
      await agent.registration.register(opened.registration, submission(opened));
      expect(words()).not.toBe(shown);
      expect(await refusedBy(() => agent.registration.confirm(shown))).toBe("E_CLAIM");
      const { tid: other } = await alike.registration.confirm(shown);
      const { tid } = await agent.registration.confirm(words());
      expect(wordsOf(tid)).not.toEqual(wordsOf(other));
    } finally {
      await alike.close();
    }
  });

  test("is not confirmed by other words", async () => {
    const opened = agent.registration.openClaim(claimWord());
    await agent.registration.register(opened.registration, submission(opened));
    const [first = "", ...rest] = words().split(" ");
    const other = [first === "abandon" ? "zoo" : "abandon", ...rest].join(" ");
    expect(await refusedBy(() => agent.registration.confirm(other))).toBe("E_CLAIM");
    await expect(agent.registration.confirm(other)).rejects.toMatchObject({
      next: expect.stringContaining("the registration still waits"),
    });
    expect(agent.tid).toBeNull();
    await agent.registration.confirm(` ${words().toUpperCase()} `);
    expect(agent.tid).not.toBeNull();
  });

  test("is never registered by an agent that serves no page, or that is sealed", async () => {
    await agent.close();
    agent = await open(null);
    expect(() => agent.registration.newClaim()).toThrow(expect.objectContaining({ code: "E_CLAIM" }));
    await agent.close();
    agent = await open();
    agent.seal();
    expect(() => agent.registration.newClaim()).toThrow(expect.objectContaining({ code: "E_SEALED" }));
  });
});

describe("a visit to the agent's page", () => {
  test("row 125: without a claim, with a wrong, used or old one is refused E_CLAIM and on record", async () => {
    expect(await refusedBy(() => agent.registration.openClaim("A".repeat(22)))).toBe("E_CLAIM");
    const word = claimWord();
    expect(await refusedBy(() => agent.registration.openClaim("A".repeat(22)))).toBe("E_CLAIM");
    expect(await refusedBy(() => agent.registration.openClaim(`${word}=`))).toBe("E_CLAIM");
    agent.registration.openClaim(word);
    expect(await refusedBy(() => agent.registration.openClaim(word))).toBe("E_CLAIM");
    const old = claimWord();
    clock.advance(600);
    expect(await refusedBy(() => agent.registration.openClaim(old))).toBe("E_CLAIM");
    expect(lines.some((line) => line.includes("registration.refusal"))).toBe(true);
  });

  test("row 125: that guesses has five tries, and the claim is void after them", async () => {
    const word = claimWord();
    for (let n = 0; n < 5; n += 1)
      expect(await refusedBy(() => agent.registration.openClaim(`${"A".repeat(21)}${"ABCDE"[n]}`))).toBe("E_CLAIM");
    expect(await refusedBy(() => agent.registration.openClaim(word))).toBe("E_CLAIM");
  });

  test("by another browser than the one that used the claim registers nobody", async () => {
    const opened = agent.registration.openClaim(claimWord());
    const other = SoftwareKey.make("EdDSA").rawCredId;
    expect(await refusedBy(() => agent.registration.register(other, submission(opened)))).toBe("E_CLAIM");
    expect(await refusedBy(() => agent.registration.useToken(other, "hfe1.AAAA"))).toBe("E_CLAIM");
    await agent.registration.register(opened.registration, submission(opened));
    const again = { ...opened };
    expect(await refusedBy(() => agent.registration.register(again.registration, submission(again)))).toBe("E_CLAIM");
  });

  test("keeps no claim and no registration secret in the store, the log or what was printed", async () => {
    const word = claimWord();
    const opened = agent.registration.openClaim(word);
    await agent.registration.register(opened.registration, submission(opened));
    await agent.registration.confirm(words());
    const entries = JSON.stringify(agent.domain?.log.entries(0, 100));
    for (const secret of [word, opened.registration]) {
      expect(entries).not.toContain(secret);
      expect(lines.join()).not.toContain(secret);
    }
  });
});

describe("a registration that is none", () => {
  const wrong = registerChallenge({ aid: `a_${"a".repeat(26)}`, inviteId: "A".repeat(22), adm: "a".repeat(26) });
  test.each([
    ["made on another page", { create: { origin: "http://localhost:3000" } }, "E_ASSERT_CLIENTDATA"],
    ["made on another port", { create: { origin: "http://agent.localhost:7401" } }, "E_ASSERT_CLIENTDATA"],
    ["made for another challenge", { create: { challenge: wrong } }, "E_ASSERT_CLIENTDATA"],
    ["that is an assertion", { create: { type: "webauthn.get" } }, "E_ASSERT_CLIENTDATA"],
    ["made for another RP ID", { create: { rpId: "localhost" } }, "E_ASSERT_RPID"],
    ["without a verified person", { create: { flags: { uv: false } } }, "E_ASSERT_UV"],
    ["without a credential", { create: { flags: { at: false } } }, "E_REGISTRATION"],
    ["possessed on another page", { get: { origin: "http://localhost:3000" } }, "E_ASSERT_CLIENTDATA"],
    ["possessed for another challenge", { get: { challenge: wrong } }, "E_ASSERT_CLIENTDATA"],
    ["possessed by another passkey", { possessor: new SoftwarePasskey({ seed: "other" }) }, "E_CLAIM"],
    ["possessed by another key", { get: { signer: SoftwareKey.make("ES256", "other") } }, "E_ASSERT_SIG"],
    ["signed otherwise", { get: { signature: (bytes: Uint8Array) => flipBit(bytes, 20) } }, "E_ASSERT_SIG"],
    ["with a replacement key for another challenge", { recoverChallenge: wrong }, "E_SIG"],
    ["with a replacement key that is no Ed25519 key", { recovery: SoftwareKey.make("ES256", "recovery") }, "E_SCHEMA"],
  ] as const)("%s is refused by its code, on record, and nobody is registered", async (_how, lies, code) => {
    const opened = agent.registration.openClaim(claimWord());
    const refused = await refusedBy(() => agent.registration.register(opened.registration, submission(opened, lies)));
    expect(refused).toBe(code);
    expect(agent.registration.answer().state).toBe("none");
    await agent.registration.register(opened.registration, submission(opened));
    expect(agent.registration.answer().state).toBe("waiting");
  });
});

describe("a control plane's token given before genesis", () => {
  const witness = softwareWitness("cp.example/witness");
  const text = (members: object) => `hfe1.${Buffer.from(JSON.stringify(members)).toString("base64url")}`;

  test("names its witness in the genesis, and is shown first", async () => {
    const opened = agent.registration.openClaim(claimWord());
    const token = { gateway: "http://127.0.0.1:3001", witness: witness.vkey, secret: "s".repeat(43) };
    expect(agent.registration.useToken(opened.registration, text(token))).toEqual({
      gateway: token.gateway,
      witness: { name: "cp.example/witness", vkey: witness.vkey },
      loopback: true,
    });
    await agent.registration.register(opened.registration, submission(opened));
    expect(agent.registration.answer()).toMatchObject({ gateway: token.gateway, witness: "cp.example/witness" });
    await agent.registration.confirm(words());
    expect(agent.domain?.rosters.current().roster.witnesses).toEqual([
      { name: "cp.example/witness", vkey: witness.vkey },
    ]);
    expect(agent.registration.token()?.secret).toBe(token.secret);
  });

  test.each([
    ["of another form", "hfe2.AAAA"],
    ["that is no JSON", "hfe1.AAAA"],
    [
      "with another member",
      text({ gateway: "https://cp.example", witness: witness.vkey, secret: "s".repeat(43), rpId: "x" }),
    ],
    [
      "with a path in its address",
      text({ gateway: "https://cp.example/x", witness: witness.vkey, secret: "s".repeat(43) }),
    ],
    [
      "over plain http elsewhere",
      text({ gateway: "http://cp.example", witness: witness.vkey, secret: "s".repeat(43) }),
    ],
    [
      "with a witness key that does not parse",
      text({ gateway: "https://cp.example", witness: "x", secret: "s".repeat(43) }),
    ],
  ])("%s is refused E_SCHEMA", (_how, token) => {
    const opened = agent.registration.openClaim(claimWord());
    expect(() => agent.registration.useToken(opened.registration, token)).toThrow(
      expect.objectContaining({ code: "E_SCHEMA" }),
    );
  });
});
