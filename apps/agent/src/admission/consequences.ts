import type { RecentUse } from "../admin/answers.ts";
import type { Keystore } from "../keystore/keystore.ts";

/** Who used a key in the last 30 days: whom ending it concerns. Caller must: have had use that is only counted written down. */
export function recentUsers(keystore: Keystore, keyId: string, now: number): RecentUse[] {
  return keystore.recentUseOf(keyId, now).map(({ client, lastAt, count }) => {
    return { id: client, label: keystore.findClient(client)?.label ?? client, lastAt, count };
  });
}

/** Which keys a client used in the last 30 days: what ends for it when it is withdrawn. */
export function recentlyUsedKeys(keystore: Keystore, clientId: string, now: number): RecentUse[] {
  const found: RecentUse[] = [];
  for (const { id, label } of keystore.keys()) {
    const use = keystore.recentUseOf(id, now).find(({ client }) => client === clientId);
    if (use !== undefined) found.push({ id, label, lastAt: use.lastAt, count: use.count });
  }
  return found.sort((a, b) => b.lastAt - a.lastAt);
}
