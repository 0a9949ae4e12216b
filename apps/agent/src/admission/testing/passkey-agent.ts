import { mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Approval,
  type BuiltCommand,
  commandHash,
  defaultPolicy,
  docHash,
  encodeBase64url,
  encodeCommand,
  encodeEnvelope,
  encodeRoster,
  type PasskeyApproval,
  type Roster,
  rawSignatureBase,
} from "@holdfast/protocol";
import { type ApprovalOptions, approveBy, FakeClock, SoftwareAdministrator, SoftwareKey } from "@holdfast/testkit";
import type { ActRequest } from "../../admin/answers.ts";
import { Agent } from "../../agent.ts";
import { testRecovery } from "../../custody/testing/test-recovery.ts";
import type { Domain } from "../../domain.ts";
import { initAgent } from "../../init-agent.ts";
import type { KeyRecord } from "../../keystore/records.ts";
import { createLogger } from "../../logger.ts";
import { foundDomain } from "../../roster/found-domain.ts";
import { writeGenesis } from "../../roster/genesis-document.ts";
import { ClockGuard } from "../../self-check/clock.ts";
import { composeCommand } from "../compose-command.ts";
import type { Decided } from "../decided.ts";

/** What kind of domain a test founds. */
export interface PasskeyAgentOptions {
  /** One by default, each with one passkey on the customer's page. */
  readonly administrators?: readonly SoftwareAdministrator[];
  readonly change?: (roster: Roster) => Roster;
  /** Where it serves its page; nowhere by default. */
  readonly pageOrigin?: string;
  /** What its host refuses. */
  readonly deniedActs?: readonly string[];
}

/** What a proposal says besides its act. */
export type Proposal = Partial<Omit<ActRequest, "act">> & { readonly proposer?: string };

/** A real agent in a folder of its own, whose administrators are software passkeys. Tests only. */
export class PasskeyAgent {
  readonly clock = new FakeClock();
  /** Those of the genesis, and whom a test adds. */
  readonly administrators: SoftwareAdministrator[];
  /** What the agent logged. */
  readonly lines: string[] = [];
  readonly dataDirectory: string;
  readonly #folder: string;
  readonly #pageOrigin: string | null;
  readonly #deniedActs: ReadonlySet<string>;
  #agent: Agent | null = null;

  private constructor(
    administrators: readonly SoftwareAdministrator[],
    { pageOrigin, deniedActs }: PasskeyAgentOptions,
  ) {
    this.administrators = [...administrators];
    this.#pageOrigin = pageOrigin ?? null;
    this.#deniedActs = new Set(deniedActs);
    this.#folder = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-passkey-agent-")));
    this.dataDirectory = join(this.#folder, "data");
  }

  /** Makes an agent and founds its domain. */
  static async found(options: PasskeyAgentOptions = {}): Promise<PasskeyAgent> {
    const { administrators = [new SoftwareAdministrator()], change = (roster: Roster) => roster } = options;
    const test = new PasskeyAgent(administrators, options);
    const { dataDirectory } = test;
    await initAgent({
      ...{ dataDirectory, keyDirectory: join(test.#folder, "keys"), name: "agent one", standalone: false },
      kek: { kind: "file" },
      recoveryPassphrase: await testRecovery(),
    });
    const agent = await test.#open();
    await foundBy(agent, test, change);
    await agent.unseal();
    return test;
  }

  /** Where the key-encryption key is, outside the data folder. */
  get kekFile(): string {
    const folder = join(this.#folder, "keys");
    return join(folder, readdirSync(folder).find((name) => name.endsWith(".kek")) ?? "");
  }

  get agent(): Agent {
    if (this.#agent === null) throw new TypeError("the agent is closed");
    return this.#agent;
  }

  get domain(): Domain {
    const { domain } = this.agent;
    if (domain === null) throw new TypeError("the domain is not open");
    return domain;
  }

  /** Ends the agent's run without deleting anything, does what a test wants to its folder, and starts it again. */
  async restart(meanwhile: () => void = () => undefined): Promise<void> {
    await this.agent.close();
    this.#agent = null;
    meanwhile();
    await this.#open();
  }

  /** Starts an agent that could not be started before. */
  async start(): Promise<void> {
    await this.#open();
  }

  async close(): Promise<void> {
    await this.#agent?.close();
    this.remove();
  }

  /** Removes the folder of an agent that is closed. */
  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** A command as a dashboard would propose it from the agent's present state. */
  propose(act: string, { proposer, ...rest }: Proposal = {}): BuiltCommand {
    const built = composeCommand({ act, args: {}, reason: "", wait: false, ...rest }, this.domain);
    if (proposer === undefined) return built;
    const command = { ...built.command, proposer };
    const bytes = encodeCommand(command);
    return { command, bytes, doc: encodeBase64url(bytes), hash: commandHash(bytes) };
  }

  /** One touch at the agent's page by the first administrator; what is posted may be another list than was signed. */
  touch(
    commands: readonly { readonly hash: string }[],
    decision: 1 | 2 = 1,
    posted: readonly { readonly hash: string }[] = commands,
  ): Promise<Decided[]> {
    const { decision: _, list: __, ...assertion } = this.approve(commands, { decision }) as PasskeyApproval;
    return this.domain.admission.decide({ decision, list: posted.map(({ hash }) => hash), assertion });
  }

  /** One touch over commands by the first administrator unless it says who. */
  approve(commands: readonly { readonly hash: string }[], options: ApprovalOptions & { by?: number } = {}): Approval {
    const { by = 0, ...knobs } = options;
    const hashes = commands.map(({ hash }) => hash);
    return approveBy(this.administrators[by] as SoftwareAdministrator, hashes, knobs);
  }

  envelope({ doc }: Pick<BuiltCommand, "doc">, approvals: readonly Approval[], proposal?: Approval): Uint8Array {
    return encodeEnvelope({ typ: "env", ver: 1, doc, approvals, ...(proposal === undefined ? {} : { proposal }) });
  }

  /** Delivers a command with one honest approval by each of the administrators named. */
  deliver(command: BuiltCommand, ...by: number[]): Promise<Decided> {
    const approvals = by.map((each) => this.approve([command], { by: each }));
    return this.domain.admission.deliver(this.envelope(command, approvals), "mailbox");
  }

  /** Carries an act out by all administrators. */
  apply(act: string, rest: Partial<Omit<ActRequest, "act">> = {}): Promise<Decided> {
    return this.deliver(this.propose(act, rest), ...this.administrators.keys());
  }

  /** Makes a key by all administrators. */
  async key(label = "orders"): Promise<KeyRecord> {
    const { hash, outcome, code } = await this.apply("key.create", { args: { items: [newKey(label)] } });
    if (outcome !== "applied") throw new TypeError(`the key was not made: ${outcome} ${code}`);
    const entry = this.domain.index.commandEntry(hash);
    const made = [...this.domain.keystore.keys()].find(({ leaf }) => leaf === entry);
    if (made === undefined) throw new TypeError("the key is not there");
    return made;
  }

  /** How often a refusal was counted. */
  counted(code: string): number {
    const counts = this.agent.refusals.all().filter((each) => each.code === code);
    return counts.reduce((sum, { count }) => sum + count, 0);
  }

  /** Kinds of the entries from `from` on. */
  kinds(from = 0): string[] {
    return this.domain.log
      .entries(from, 1_000)
      .map(({ leaf }) => JSON.parse(Buffer.from(leaf, "base64url").toString("utf8")).kind);
  }

  /** Lets the agent run: delays count its running time, at most two minutes a look. */
  async run(seconds: number): Promise<void> {
    for (let passed = 0; passed < seconds; passed += 120) {
      this.clock.advance(Math.min(120, seconds - passed));
      await this.domain.admission.runDue();
    }
  }

  async #open(): Promise<Agent> {
    const { dataDirectory, clock, lines } = this;
    const logger = createLogger((line) => lines.push(line));
    this.#agent = await Agent.open({
      dataDirectory,
      pageOrigin: this.#pageOrigin,
      deniedActs: this.#deniedActs,
      logger,
      clock,
    });
    return this.#agent;
  }
}

/** A key that any test may ask for. */
export function newKey(label = "orders") {
  return { label, algorithm: "AES-256", usage: ["encrypt", "decrypt"], group: "default", extractable: false } as const;
}

/** Founds the domain as if the administrators had registered together: the first release registers one at the page. */
async function foundBy(
  agent: Agent,
  { administrators, clock, dataDirectory }: PasskeyAgent,
  change: (roster: Roster) => Roster,
): Promise<void> {
  const { identity, store, custody } = agent;
  const admins = administrators.map((each) => each.rosterEntry());
  const [administrator] = admins;
  if (administrator === undefined) throw new TypeError("a domain has administrators");
  const recovery = SoftwareKey.make("EdDSA").coseText;
  const { bytes } = writeGenesis({
    ...{ identity, name: "agent one", administrator, recovery, witnesses: [], now: clock.now() },
  });
  const written = JSON.parse(Buffer.from(bytes).toString("utf8")) as Roster;
  const roster = encodeRoster(change({ ...written, admins, policy: defaultPolicy(admins.length) }));
  const hash = docHash("roster", roster);
  const { keys } = custody;
  const link = {
    doc: encodeBase64url(roster),
    approvals: [],
    possession: administrators.flatMap((each) => each.possess(identity.aid, hash)),
    aikSig: encodeBase64url(keys.aik.sign(rawSignatureBase("genesis", hash))),
  };
  await foundDomain({ store, keys, aid: identity.aid, dataDirectory, guard: new ClockGuard(clock) }, link);
}
