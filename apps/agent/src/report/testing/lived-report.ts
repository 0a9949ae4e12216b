import { DECISION, wordsOf } from "@holdfast/protocol";
import { SoftwareAdministrator, softwareWitness } from "@holdfast/testkit";
import { cosign, formatSignatureLine, parseNote } from "@holdfast/tlog";
import { newKey, PasskeyAgent } from "../../admission/testing/passkey-agent.ts";
import { makeReport } from "../make-report.ts";

/** A report in both its forms, and the words of its environment. */
export type LivedReport = { readonly pdf: Uint8Array; readonly bundle: Uint8Array; readonly words: string };

const witness = softwareWitness("example.com/witness");
/** The witness that has signed it. */
export const witnessVkey = witness.vkey;

/**
 * The report of a real agent that has lived: keys made, rotated, suspended, scheduled for destruction and kept, clients
 * and a key of one, use, a refusal, a lock, a restart; approved by two passkeys, cosigned by a witness. Tests only.
 */
export async function livedReport(): Promise<LivedReport> {
  const administrators = [new SoftwareAdministrator(), new SoftwareAdministrator()];
  const witnesses = [{ name: witness.key.name, vkey: witness.vkey }];
  const agent = await PasskeyAgent.found({ administrators, change: (roster) => ({ ...roster, witnesses }) });
  try {
    await live(agent);
    const made = makeReport(agent.domain);
    await cosigned(agent);
    const [pdf, bundle] = (await made).files.map(({ base64 }) => new Uint8Array(Buffer.from(base64, "base64")));
    if (pdf === undefined || bundle === undefined) throw new TypeError("a report has two forms");
    return { pdf, bundle, words: wordsOf(agent.domain.tid).join(" ") };
  } finally {
    await agent.close();
  }
}

async function live(agent: PasskeyAgent): Promise<void> {
  await applied(agent, "key.create", { args: { items: [newKey("invoices"), newKey("archive")] } });
  const grants = [{ ops: ["encrypt", "decrypt", "create"], keys: { kind: "group", id: "default" } }];
  const auth = { kind: "issued", validitySec: 86_400 };
  await applied(agent, "client.enrol", { args: { label: "billing", auth, grants } });
  const { domain } = agent;
  const [client] = domain.keystore.clients();
  const [key] = domain.keystore.keys();
  if (client === undefined || key === undefined) throw new TypeError("nothing was made");
  domain.operations.createKey({ client, from: "127.0.0.1" }, newKey("made by the client"));
  const minute = Math.floor(domain.guard.time() / 60);
  const ops = { encrypt: 7 };
  domain.executor.recordUse([{ keyId: key.id, clientId: client.id, minute, ops, bytes: 700, root: domain.log.root() }]);
  await applied(agent, "key.rotate", { key: "invoices" });
  await applied(agent, "key.suspend", { key: "invoices", reason: "audit of the week" });
  await applied(agent, "key.deactivate", { key: "archive" });
  const destroy = agent.propose("key.destroy", { key: "archive" });
  const scheduled = await agent.deliver(destroy, 0, 1);
  if (scheduled.outcome !== "scheduled") throw new TypeError(`not scheduled: ${scheduled.outcome} ${scheduled.code}`);
  await agent.touch([destroy], DECISION.reject);
  await applied(agent, "domain.lock", {});
  await applied(agent, "domain.unlock", {});
  await agent.restart();
}

async function applied(agent: PasskeyAgent, act: string, rest: Parameters<PasskeyAgent["apply"]>[1]): Promise<void> {
  const { outcome, code } = await agent.apply(act, rest);
  if (outcome !== "applied") throw new TypeError(`${act} was not applied: ${outcome} ${code}`);
}

async function cosigned({ domain, clock }: PasskeyAgent): Promise<void> {
  const { text } = parseNote(domain.log.signCheckpoint());
  await domain.log.addCosignature(formatSignatureLine(await cosign(text, witness, clock.now())));
}
