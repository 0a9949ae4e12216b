import type { ClientView, KeyView } from "../admin/answers.ts";
import type { Keystore } from "../keystore/keystore.ts";
import type { ClientRecord, KeyRecord } from "../keystore/records.ts";

/** One key as the agent's own surfaces show it; metadata only. */
export function keyView(key: KeyRecord): KeyView {
  const versions = key.versions.map(({ version, state, createdAt, kcv }) => ({
    version,
    state,
    created: createdAt,
    kcv,
  }));
  return {
    keyId: key.id,
    label: key.label,
    group: key.group,
    aliases: [...key.aliases],
    algorithm: key.algorithm ?? key.type,
    usage: [...key.usage],
    extractable: key.extractable,
    state: key.state,
    version: key.current,
    kcv: versions.find(({ version }) => version === key.current)?.kcv ?? null,
    owner: key.owner.kind === "domain" ? "domain" : key.owner.id,
    created: key.dates.created,
    destroyDue: key.scheduled === null ? null : (key.dates.destroyDue ?? null),
    locked: key.locked,
    versions,
  };
}

/** One client as the agent's own surfaces show it. */
export function clientView(client: ClientRecord, lastUsedAt: number | null): ClientView {
  return {
    clientId: client.id,
    label: client.label,
    state: client.state,
    auth: client.auth.kind,
    spki: client.auth.spki,
    earlier: [...(client.auth.earlier ?? [])],
    grants: client.grants.map(({ ops, keys }) => ({ ops: [...ops], keys })) as ClientView["grants"],
    created: client.createdAt,
    notAfter: client.notAfter,
    lastUsedAt,
    locked: client.locked,
  };
}

/** When a client last used any key, Unix seconds; null if never. */
export function lastUseOf(keystore: Keystore, clientId: string): number | null {
  return keystore.lastUseOf(clientId);
}
