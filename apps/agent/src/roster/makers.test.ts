import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeBase64url, type MakersAt, registerChallenge } from "@holdfast/protocol";
import { FakeClock, SoftwareKey, SoftwareMaker, SoftwarePasskey } from "@holdfast/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Agent } from "../agent.ts";
import { testRecovery } from "../custody/testing/test-recovery.ts";
import { initAgent } from "../init-agent.ts";
import { readPasskeys } from "../introductions/read-passkeys.ts";
import { createLogger } from "../logger.ts";

const ORIGIN = "http://agent.localhost:7400";
const maker = new SoftwareMaker("kelp");
const made = (by: SoftwareMaker | null, seed: string) =>
  new SoftwarePasskey({
    ...{ channel: "this-machine", rpId: "agent.localhost", origin: ORIGIN, seed },
    ...(by ? { maker: by } : {}),
  });

let folder: string;
let agent: Agent;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-makers-"));
  const dataDirectory = join(folder, "data");
  await initAgent({
    ...{ dataDirectory, keyDirectory: join(folder, "keys"), name: "keys-1", standalone: false },
    ...{ kek: { kind: "file" }, recoveryPassphrase: await testRecovery(), makers: maker.allowed },
  });
  const logger = createLogger(() => undefined);
  agent = await Agent.open({ dataDirectory, pageOrigin: ORIGIN, logger, clock: new FakeClock() });
});
afterEach(async () => {
  await agent.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Registers the first administrator with a passkey, up to the console's question. */
async function register(passkey: SoftwarePasskey) {
  const opened = agent.registration.openClaim(agent.registration.newClaim().claimUrl.split("#")[1] ?? "");
  const challenge = decodeBase64url(opened.challenge);
  const key = SoftwareKey.make("EdDSA", "recovery");
  await agent.registration.register(opened.registration, {
    label: "Ada",
    attestation: passkey.create(challenge),
    possession: { credId: passkey.credId, ...passkey.get(challenge) },
    recovery: { cose: key.coseText, sig: key.signRaw("recover", challenge) },
  });
  return opened;
}

describe("a key server that was told which makers' passkeys to take", () => {
  test("row 97: founds its domain with a passkey of such a maker, and with no other", async () => {
    await expect(register(made(null, "none"))).rejects.toMatchObject({ code: "E_ROSTER_ATTN" });
    await expect(register(made(new SoftwareMaker("another"), "other"))).rejects.toMatchObject({
      code: "E_ROSTER_ATTN",
    });
    expect(agent.registration.answer().state).toBe("none");
    expect(agent.refusals.all().map(({ code, count }) => [code, count])).toContainEqual(["E_ROSTER_ATTN", 2]);
    const opened = await register(made(maker, "good"));
    expect(opened.attestation).toBe("direct");
    const { words = [], credential } = agent.registration.answer();
    expect(credential).toMatchObject({ proved: true, aaguid: maker.allowed.aaguidAllow[0] });
    await agent.registration.confirm(words.join(" "));
    const { roster } = agent.domain?.rosters.current() ?? {};
    expect(roster).toMatchObject({ attn: maker.allowed, admins: [{ creds: [{ att: "verified" }] }] });
  });

  test("row 160: takes no further administrator's passkey at its page either whose maker does not vouch for it", async () => {
    const names = { aid: agent.identity.aid, inviteId: "i".repeat(25).concat("a"), adm: "m".repeat(25).concat("a") };
    const challenge = registerChallenge(names);
    const offered = (passkey: SoftwarePasskey) => ({
      attestation: passkey.create(challenge),
      possession: { credId: passkey.credId, ...passkey.get(challenge) },
    });
    const makers: MakersAt = { allowed: maker.allowed, at: agent.clock.now() };
    await expect(
      readPasskeys(names, { origin: ORIGIN, channel: "this-machine" }, [offered(made(null, "x"))], makers),
    ).rejects.toMatchObject({
      code: "E_ROSTER_ATTN",
    });
    const good = offered(made(maker, "y"));
    const taken = await readPasskeys(names, { origin: ORIGIN, channel: "this-machine" }, [good], makers);
    expect(taken).toMatchObject({
      creds: [{ att: "verified" }],
      possession: [{ attestation: good.attestation }],
    });
  });
});
