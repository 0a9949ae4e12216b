import type { Scope } from "@holdfast/db";
import { type SoftwareAgent, SoftwareLedger } from "@holdfast/testkit";
import { TestAgent } from "./test-agent.ts";
import type { TestGateway } from "./test-gateway.ts";

/** A founded domain whose agent is enrolled in an environment of its own. */
export interface LinkedAgent {
  readonly scope: Scope;
  readonly ledger: SoftwareLedger;
  readonly client: TestAgent;
  readonly agent: SoftwareAgent;
}

/** What every key of these tests is. */
export const KEY = {
  algorithm: "AES-256",
  usage: ["decrypt", "encrypt"],
  group: "default",
  extractable: false,
} as const;

/** An agent's client, signing by the agent's own key. */
export function clientOf(gateway: TestGateway, { aid, aik }: SoftwareAgent): TestAgent {
  return new TestAgent({ aid, url: gateway.url, sign: (base) => aik.sign(base, "raw") });
}

/** What an agent says of itself when it enrols. */
export function enrolmentOf({ aid, aik }: SoftwareAgent, secret: string) {
  return { secret, aid, aik: aik.coseText, name: "alpha", version: "0.1.0" };
}

/** Founds a domain and enrols its agent. @throws TypeError when the gateway does not take it */
export async function linkAgent(gateway: TestGateway): Promise<LinkedAgent> {
  const scope = await gateway.newScope();
  const ledger = SoftwareLedger.found();
  const { agent } = ledger.domain;
  const client = clientOf(gateway, agent);
  const enrolled = await client.post("/v1/enrol", enrolmentOf(agent, await gateway.newSecret(scope)));
  if (enrolled.status !== 200) throw new TypeError(`It was not enrolled: ${JSON.stringify(enrolled)}`);
  return { scope, ledger, client, agent };
}

/** Uploads the chain and all entries that are not there yet. */
export async function upload({ ledger, client }: Pick<LinkedAgent, "ledger" | "client">) {
  const { links, size } = (await client.post("/v1/log/state", {})).body;
  const { domain, log } = ledger;
  if (links < domain.links.length) {
    await client.post("/v1/roster", { from: links, links: domain.links.slice(links) });
  }
  return client.post("/v1/log", {
    from: size,
    entries: log.entries.slice(size),
    checkpoint: log.checkpoint(),
    proof: [],
  });
}

/** Rows of an environment. @param sql - `$scope` stands for the condition that they are its own. */
export function rowsOf<Row extends object>({ database }: TestGateway, sql: string, scope: Scope) {
  return database.query<Row & Record<string, unknown>>(
    sql.replaceAll("$scope", "tenant_id = $1 AND environment_id = $2"),
    [scope.tenantId, scope.environmentId],
  );
}
