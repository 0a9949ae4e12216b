import type { Db, Scope } from "@holdfast/db";
import {
  decodeBase64url,
  docHash,
  type Entry,
  encodeBase64url,
  keyKind,
  parseLeaf,
  type RosterLink,
  type State,
} from "@holdfast/protocol";
import type { MemoryTree } from "@holdfast/tlog";

/** What an agent of a test has written down. */
export interface TestLedger {
  readonly domain: {
    readonly tid: string;
    readonly links: readonly RosterLink[];
    readonly agent: { readonly aid: string };
  };
  readonly log: {
    readonly entries: readonly Entry[];
    readonly tree: MemoryTree;
    readonly root: string;
    checkpoint(): string;
  };
  readonly states: ReadonlyMap<string, State>;
}

/** Puts a ledger into the tables, as they look once its uploads were verified. */
export function fillEnvironment(db: Db, scope: Scope, ledger: TestLedger): Promise<void> {
  const { domain, log, states } = ledger;
  const { tenantId, environmentId } = scope;
  return db.withTenant(tenantId, async (tx) => {
    const links = domain.links.map((link, seq) => ({ ...scope, seq, link: { ...link }, hash: rosterHash(link) }));
    await tx.environment.update({
      where: { tenantId_id: { tenantId, id: environmentId } },
      data: { tid: domain.tid, rosterSeq: links.length - 1, rosterHash: links.at(-1)?.hash ?? null },
    });
    await tx.rosterLink.createMany({ data: links as never });
    await tx.agent.create({ data: { ...scope, aid: domain.agent.aid, name: "alpha", lastSeenAt: new Date() } });
    await tx.logEntry.createMany({ data: log.entries.map((entry) => ({ ...scope, ...storedEntry(entry) })) as never });
    await tx.logNode.createMany({ data: nodesOf(log.tree).map((node) => ({ ...scope, ...node })) });
    const { size } = log.tree;
    await tx.checkpoint.create({ data: { ...scope, size, root: log.root, note: log.checkpoint() } });
    for (const state of states.values()) {
      const labels = log.entries.map(readNamed).filter((named) => named.subject === state.id);
      const label = labels.findLast((named) => named.label !== undefined)?.label ?? "unnamed";
      const headLeaf = labels.at(-1)?.n ?? 0;
      if (state.kind === "key") {
        const { id, group, usage, current, dates } = state;
        const kind = { algorithm: keyKind(state), type: state.type, bits: state.bits };
        const row = { id, label, group, ...kind, usage: [...usage], state: state.state, current, headLeaf };
        await tx.key.create({ data: { ...scope, ...row, isExtractable: state.extractable, created: dates.created } });
        await tx.keyVersion.createMany({
          data: state.versions.map(({ version, state: its, created, commit }) => ({
            ...scope,
            keyId: id,
            version,
            state: its,
            created,
            commit,
          })),
        });
      } else if (state.kind === "client") {
        const { id, auth, grants, dates } = state;
        const row = { id, label, state: state.state, spki: auth.spki, grants: grants as never, headLeaf };
        await tx.client.create({ data: { ...scope, ...row, created: dates.created, notAfter: dates.notAfter } });
      }
    }
  });
}

function rosterHash(link: RosterLink): string {
  return docHash("roster", decodeBase64url(link.doc));
}

/** An entry as the tables hold it. */
export function storedEntry({ n, leaf, opens, state, receipt, envelope }: Entry) {
  const { kind, subject, ts, cause } = parseLeaf(decodeBase64url(leaf));
  const command = cause.kind === "command" ? cause.hash : null;
  return { n, leaf, ts, kind, subject, command, opens, state, receipt, envelope };
}

function readNamed(entry: Entry) {
  return { n: entry.n, subject: parseLeaf(decodeBase64url(entry.leaf)).subject, label: entry.opens?.label?.value };
}

function nodesOf(tree: MemoryTree) {
  const nodes: { level: number; index: number; hash: string }[] = [];
  for (let level = 0; 2 ** level <= tree.size; level += 1) {
    for (let index = 0; (index + 1) * 2 ** level <= tree.size; index += 1) {
      nodes.push({ level, index, hash: encodeBase64url(tree.getNode(level, index)) });
    }
  }
  return nodes;
}
