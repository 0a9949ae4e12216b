// What trust costs the agent: taking one command that one person approved, and a long chain of rosters.
//   npm run bench:trust [-- commands]
import { cpus, loadavg } from "node:os";
import { verifyApproval, verifyRosterChain } from "@holdfast/protocol";
import { newKey, PasskeyAgent } from "../src/admission/testing/passkey-agent.ts";
import { rosterChain } from "./roster-chain.ts";

const commands = Number(process.argv[2] ?? 400);
const ROUNDS = 5;
const [ADMINISTRATORS, LINKS] = [50, 200];

const [cpu] = cpus();
const load = loadavg()[0]?.toFixed(1);
process.stdout.write(
  `${cpus().length} × ${cpu?.model ?? "processor"}, Node ${process.versions.node}, load before ${load}; processor time of the whole process, median of ${ROUNDS} rounds.\n\n`,
);
process.stdout.write("| what | processor time |\n|---|--:|\n");

const agent = await PasskeyAgent.found();
try {
  const key = await agent.key();
  const [credential] = agent.administrators[0]?.credentials ?? [];
  if (credential === undefined) throw new TypeError("The domain has no passkey.");

  const approvals = Array.from({ length: commands }, () => agent.approve([agent.propose("key.rotate", { key: key.id })]));
  await row("one ES256 approval verified", commands, async () => {
    for (const approval of approvals) await verifyApproval(approval, credential);
  });
  await row("one command with one approval admitted and its dry run made, nothing written", commands, async () => {
    for (const envelope of waiting) await agent.domain.admission.deliver(envelope, "mailbox");
  }, () => proposals(false));
  await row("the same carried out: state, receipt, entry, signed checkpoint, durable", commands, async () => {
    for (const envelope of waiting) await agent.domain.admission.deliver(envelope, "mailbox");
  }, () => proposals(true));
} finally {
  await agent.close();
}

const chain = rosterChain(ADMINISTRATORS, LINKS);
await row(`a chain of ${LINKS} links, ${ADMINISTRATORS} administrators in each, verified from its genesis`, 1, async () => {
  await verifyRosterChain(chain);
});
