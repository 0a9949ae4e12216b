import { randomBytes } from "node:crypto";
import {
  type Command,
  commandHash,
  encodeBase64url,
  encodeCommand,
  type ImportedKey,
  parseOfferFile,
  verifyImportOffer,
} from "@holdfast/protocol";
import { SoftwareAdministrator } from "@holdfast/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { offerOf } from "../../admin/transfer-routes.ts";
import { PasskeyAgent } from "../../admission/testing/passkey-agent.ts";
import { sealKeys } from "../../transfer/seal-keys.ts";

let one: PasskeyAgent;
beforeAll(async () => {
  one = await PasskeyAgent.found({ administrators: [new SoftwareAdministrator(), new SoftwareAdministrator()] });
});
afterAll(() => one.close());

const KEY: ImportedKey = {
  label: "orders",
  type: "symmetric-key",
  algorithm: "AES-256",
  format: "raw",
  usage: ["encrypt", "decrypt"],
  group: "default",
  extractable: false,
};

async function sealed() {
  const begun = await one.apply("import.begin", { args: { form: "hpke", most: 1 } });
  const offer = await verifyImportOffer(parseOfferFile(offerOf(one.domain, begun.hash)));
  return one.domain.transfers.receive(
    await sealKeys(offer, [{ key: KEY, versions: [randomBytes(32)] }]),
    "the old house",
  );
}

test("with two administrators an import is begun by both, and what was sealed comes in when both have seen it by name", async () => {
  const alone = one.propose("import.begin", { args: { form: "hpke", most: 1 } });
  expect(await one.deliver(alone, 0)).toMatchObject({ outcome: "pending", have: 1, need: 2 });
  const { reference } = await sealed();
  const command = one.propose("import.commit", { args: { sealed: reference } });
  expect(await one.deliver(command, 0)).toMatchObject({ outcome: "pending", have: 1, need: 2 });
  expect([...one.domain.keystore.keys()]).toEqual([]);
  expect(one.domain.admission.find(command.hash)).toMatchObject({ status: "pending" });
  expect(await one.deliver(command, 1)).toMatchObject({ outcome: "applied" });
  expect([...one.domain.keystore.keys()]).toMatchObject([
    { label: "orders", origin: "registered", extractable: false },
  ]);
});

test("a command that says something else of sealed keys than whoever sealed them opens nothing, whoever approves it", async () => {
  const { reference, import: offer } = await sealed();
  const honest = one.propose("import.commit", { args: { sealed: reference } });
  const command = honest.command as Command<"import.commit">;
  for (const change of [{ extractable: true }, { group: "open" }, { label: "harmless" }]) {
    const args = { ...command.args, items: command.args.items.map((item) => ({ ...item, ...change })) };
    const bytes = encodeCommand({ ...command, args } as Command);
    const changed = { bytes, command, doc: encodeBase64url(bytes), hash: commandHash(bytes) };
    expect(await one.deliver(changed as typeof honest, 0, 1)).toMatchObject({ outcome: "refused", code: "E_ARGS" });
  }
  expect(one.domain.transfers.session(offer.importId).offer).toEqual(offer);
  expect(await one.deliver(honest, 0, 1)).toMatchObject({ outcome: "applied" });
});
