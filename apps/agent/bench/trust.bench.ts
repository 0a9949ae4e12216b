// What trust costs the agent: taking one command that one person approved, and a long chain of rosters.
//   npm run bench:trust [-- commands]
import { fork } from "node:child_process";
import { generateKeyPairSync, randomBytes, sign, verify } from "node:crypto";
import { once } from "node:events";
import { cpus, loadavg } from "node:os";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type RosterLink, verifyApproval, verifyRosterChain } from "@holdfast/protocol";
import { PasskeyAgent } from "../src/admission/testing/passkey-agent.ts";
import { rosterChain } from "../src/roster/testing/roster-chain.ts";

const commands = Number(process.argv[2] ?? 300);
const ROUNDS = 7;
const [ADMINISTRATORS, LINKS] = [50, 200];
/** The genesis's own and each founder's possession, two approvals a link, every other link's newcomer. */
const SIGNATURES = 1 + ADMINISTRATORS + 2 * LINKS + LINKS / 2;

setFlagsFromString("--expose-gc");
/** What the preparation of a round left behind is collected before its clock starts. */
const collectGarbage = runInNewContext("gc") as () => void;

const [cpu] = cpus();
const load = loadavg()[0]?.toFixed(1);
const machine = `${cpus().length} × ${cpu?.model ?? "processor"}, Node ${process.versions.node}, load before ${load}`;
process.stdout.write(
  `${machine}; ${ROUNDS} rounds, in milliseconds: processor time of the whole process, and time that passed.\n\n| what | processor | least | passed |\n|---|--:|--:|--:|\n`,
);

const agent = await PasskeyAgent.found({
  change: (roster) => ({ ...roster, policy: roster.policy.map((rule) => ({ ...rule, m: 1 })) }),
});
try {
  const { admission } = agent.domain;
  const key = await agent.key();
  const rotate = () => agent.propose("key.rotate", { key: key.id });
  const [credential] = agent.administrators[0]?.credentials ?? [];
  if (credential === undefined) throw new TypeError("The domain has no passkey.");
  const each = async (envelopes: readonly Uint8Array[], outcome: string) => {
    for (const envelope of envelopes) {
      const decided = await admission.deliver(envelope, "mailbox");
      if (decided.outcome !== outcome) throw new TypeError(`The agent answered ${decided.outcome} ${decided.code}.`);
    }
  };

  const approvals = Array.from({ length: commands }, () => agent.approve([rotate()]));
  await row("one ES256 approval verified", {
    prepare: () => approvals,
    work: async (all) => {
      for (const approval of all) await verifyApproval(approval, credential);
    },
  });
  await row("one command with one approval read and judged to its end, nothing written: its key has changed since", {
    prepare: async () => {
      const made = Array.from({ length: commands }, rotate).map((one) => agent.envelope(one, [agent.approve([one])]));
      await agent.apply("key.rotate", { key: key.id });
      // The first refusal of a command has an entry of its own; what is measured here is a second look.
      await each(made, "refused");
      return made;
    },
    work: (all) => each(all, "refused"),
  });
  await row("one command with one approval carried out: a key's state, entry, receipt and signed checkpoint, on disk", {
    prepare: async () => {
      const keys = await Promise.all(Array.from({ length: commands }, () => agent.key()));
      const all = keys.map(({ id }) => agent.propose("key.suspend", { key: id }));
      return all.map((one) => agent.envelope(one, [agent.approve([one])]));
    },
    work: (all) => each(all, "applied"),
  });
} finally {
  await agent.close();
}

// Another chain each time: what is remembered of people and keys that were read before is of no use.
await row(`a chain of ${LINKS} links with ${ADMINISTRATORS} administrators each, verified from its genesis on`, {
  prepare: () => [rosterChain(ADMINISTRATORS, LINKS)],
  work: async ([links = []]) => void (await verifyRosterChain(links)),
});
const firsts: Time[] = [];
for (let round = 0; round < ROUNDS; round += 1)
  firsts.push(await firstOfItsProcess(rosterChain(ADMINISTRATORS, LINKS)));
print("the same as the first that a process does, which has compiled nothing yet", firsts);
const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const message = randomBytes(69);
const signature = sign("sha256", message, privateKey);
await row(`as many signatures as that chain has (${SIGNATURES}), by node:crypto alone, one key for all`, {
  prepare: () => [signature],
  work: async ([one = signature]) => {
    for (let at = 0; at < SIGNATURES; at += 1)
      if (!verify("sha256", message, publicKey, one)) throw new TypeError("A signature does not fit.");
  },
});

/** Milliseconds of one round. */
interface Time {
  readonly processor: number;
  readonly passed: number;
}

interface Measured<T> {
  /** Made before the clock starts. */
  prepare(): readonly T[] | Promise<readonly T[]>;
  work(items: readonly T[]): Promise<void>;
}

async function row<T>(what: string, { prepare, work }: Measured<T>): Promise<void> {
  const times: Time[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const items = await prepare();
    collectGarbage();
    const [before, began] = [process.cpuUsage(), performance.now()];
    await work(items);
    const passed = (performance.now() - began) / items.length;
    const { user, system } = process.cpuUsage(before);
    if (round > 0) times.push({ processor: (user + system) / 1000 / items.length, passed }); // the first one warms up
  }
  print(what, times);
}

function print(what: string, times: readonly Time[]): void {
  const [processor, passed] = [times.map((time) => time.processor), times.map((time) => time.passed)];
  const cells = [median(processor), Math.min(...processor), median(passed)];
  process.stdout.write(`| ${what} | ${cells.map((time) => time.toFixed(time < 10 ? 2 : 0)).join(" | ")} |\n`);
}

function median(times: readonly number[]): number {
  return times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)] ?? 0;
}

async function firstOfItsProcess(links: readonly RosterLink[]): Promise<Time> {
  const child = fork(new URL("first-chain.ts", import.meta.url));
  child.send(links);
  const [[taken]] = await Promise.all([once(child, "message"), once(child, "exit")]);
  return taken as Time;
}
