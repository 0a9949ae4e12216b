import { showCount } from "../../components/number-text.ts";
import { showDate } from "../../components/time-text.ts";
import type { AgentRow } from "./use-agents.ts";

/** A key server reports at least once a minute; after two it is not heard. */
export const SILENT_AFTER_SECONDS = 150;

/** Something at a key server that somebody has to see to. */
export interface Trouble {
  /** In one or two words, for a badge. */
  readonly word: string;
  readonly tone: "warning" | "danger";
  /** A sentence whose subject is the key server. */
  readonly title: string;
  /** For the keys. */
  readonly means: string;
  /** What to do, with commands between backquotes. */
  readonly next: string;
  /** Whether keys are used as before. */
  readonly serves: boolean;
}

type Condition = AgentRow["conditions"][number];

/** Everything that somebody has to see to at a key server, the worst first; empty where all is well. */
export function troublesOf(agent: AgentRow, now: number): Trouble[] {
  if (agent.sealed) return [sealed(agent)];
  if (agent.lastSeenAt === null || now - agent.lastSeenAt > SILENT_AFTER_SECONDS) return [silent(agent)];
  const found = agent.conditions.map((condition) => (WORDS[condition.kind] ?? unknown)(condition));
  if (agent.recovering) found.push(RECOVERING);
  return found.sort((a, b) => rank(a) - rank(b));
}

/** In one word how a key server is. */
export function agentCondition(
  agent: AgentRow,
  now: number,
): readonly [word: string, tone: "good" | "warning" | "danger"] {
  const [worst] = troublesOf(agent, now);
  if (worst !== undefined) return [worst.word, worst.tone];
  return agent.locked ? ["locked", "warning"] : ["serving", "good"];
}

/** Whether it encrypts and decrypts, whatever else is to be seen to. */
export function isServing(agent: AgentRow, now: number): boolean {
  return troublesOf(agent, now).every(({ serves }) => serves);
}

const rank = ({ tone, serves }: Trouble) => (serves ? 2 : 0) + (tone === "danger" ? 0 : 1);

const UNSEAL: Readonly<Record<string, string>> = {
  shares: "Its custodians give their shares at its page, or on its machine with `holdfast-agent unseal`.",
  pkcs11: "Connect its hardware module; where its PIN is asked for, run `holdfast-agent unseal` on its machine.",
};

function sealed({ kek }: AgentRow): Trouble {
  return {
    ...{ word: "sealed", tone: "danger", serves: false },
    title: "is sealed: its root key is not in memory",
    means: "Nothing is encrypted or opened. No key is lost.",
    next: UNSEAL[kek ?? ""] ?? "On its machine run `holdfast-agent unseal`.",
  };
}

function silent({ lastSeenAt }: AgentRow): Trouble {
  return {
    ...{ word: "not heard", tone: "warning", serves: false },
    title: lastSeenAt === null ? "has not been heard yet" : `was last heard ${showDate(lastSeenAt, "moment")}`,
    means:
      "It is stopped, cut off from here, or started and waits to be unsealed. As long as it runs, applications use their keys: they need no dashboard.",
    next: "On its machine run `holdfast-agent status`.",
  };
}

const RECOVERING: Trouble = {
  ...{ word: "recovering", tone: "warning", serves: false },
  title: "came back from a backup and waits to be accepted",
  means: "Until then nothing is changed.",
  next: "An administrator compares and accepts at its page, or with `holdfast-agent restore accept`.",
};

const WORDS: Readonly<Record<string, (condition: Condition) => Trouble>> = {
  "disk.doubtful": ({ at }) => ({
    ...{ word: "disk fails", tone: "danger", serves: true },
    title: `has a disk that makes nothing durable${since(at)}`,
    means: "Nothing is changed and no key leaves it until the disk does. Encryption and decryption go on.",
    next: "Make room or bring the volume back. If it stays so, stop it and move its data folder to a good disk; `holdfast-agent doctor` says more.",
  }),
  "disk.failed": ({ at, count }) => ({
    ...{ word: "disk failed", tone: "warning", serves: true },
    title: `has a disk that failed ${count === 1 || count === undefined ? "once" : `${count} times`} since its start${at === undefined ? "" : `, last ${showDate(at, "moment")}`}`,
    means: "All of it was written again: nothing is lost.",
    next: "Read the kernel's messages on its machine and replace the disk.",
  }),
  "log.problem": ({ code }) => ({
    ...{ word: "log differs", tone: "danger", serves: true },
    title: `has a custody log that is not the one it signed${code === undefined ? "" : ` (${code})`}`,
    means: "Nothing is changed there.",
    next: "On its machine run `holdfast-agent doctor`.",
  }),
  "records.locked": ({ count = 1 }) => ({
    ...{ word: "store changed", tone: "danger", serves: true },
    title: `has ${showCount(count, "record")} in its store that ${count === 1 ? "is" : "are"} not what its log names`,
    means: "Somebody changed the store: these keys or clients are refused, all others are served.",
    next: "`holdfast-agent doctor` on its machine names them. Restore from a backup.",
  }),
  "clock.off": () => ({
    ...{ word: "clock off", tone: "danger", serves: true },
    title: "has a clock that it does not believe",
    means: "It goes by its own running time: nothing ends too early.",
    next: "Set its machine's clock; where that is right as it is, run `holdfast-agent clock accept` there.",
  }),
  "witnesses.silent": ({ count = 1 }) => ({
    ...{ word: "witness silent", tone: "warning", serves: true },
    title: `is no longer vouched for by ${showCount(count, "witness", "witnesses")}`,
    means: "The fewer vouch for the log, the less an older disk would be noticed.",
    next: "On its machine run `holdfast-agent witness list`.",
  }),
  "pages.unserved": ({ count = 1 }) => ({
    ...{ word: "page not served", tone: "warning", serves: true },
    title: `cannot serve ${count === 1 ? "an address" : `${count} addresses`} of its page: the certificate cannot be used`,
    means: "Nobody approves there until it can.",
    next: "On its machine run `holdfast-agent page show`.",
  }),
};

function unknown({ kind }: Condition): Trouble {
  return {
    ...{ word: "look at it", tone: "warning", serves: true },
    title: `reports something that this dashboard is too old to explain (${kind})`,
    means: "Its keys are served as it decides.",
    next: "On its machine run `holdfast-agent doctor`.",
  };
}

function since(at: number | undefined): string {
  return at === undefined ? "" : ` since ${showDate(at, "moment")}`;
}
