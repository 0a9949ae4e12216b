import type { Administrator, Credential } from "./roster.ts";

/** A credential and whose it is. */
export interface FoundCredential {
  readonly administrator: Administrator;
  readonly credential: Credential;
}

/** What one look through a list of administrators finds out. */
export interface AdministratorFacts {
  /** Every credential by its id; where an id stands twice, the first. */
  readonly credentials: ReadonlyMap<string, FoundCredential>;
  readonly channels: ReadonlySet<Credential["channel"]>;
  /** How many have more than a hosted page: that counts for little, so it cannot be what makes a threshold reachable. */
  readonly able: number;
  /** What stands in it twice; null when nothing does. */
  readonly repeated: "an administrator" | "a credential" | "a credential's key" | null;
}

/** Looks through a list of administrators. */
export function readFacts(admins: readonly Administrator[]): AdministratorFacts {
  const people = new Set<string>();
  const keys = new Set<string>();
  const credentials = new Map<string, FoundCredential>();
  const channels = new Set<Credential["channel"]>();
  let [count, able] = [0, 0];
  for (const administrator of admins) {
    people.add(administrator.adm);
    let isAble = false;
    for (const credential of administrator.creds) {
      const { credId, cose, channel } = credential;
      if (!credentials.has(credId)) credentials.set(credId, { administrator, credential });
      keys.add(cose);
      channels.add(channel);
      isAble ||= channel !== "hosted";
      count += 1;
    }
    if (isAble) able += 1;
  }
  const once = people.size === admins.length ? null : "an administrator";
  const repeated =
    once ?? (credentials.size < count ? "a credential" : keys.size < count ? "a credential's key" : null);
  return { credentials, channels, able, repeated };
}

const known = new WeakMap<readonly Administrator[], AdministratorFacts>();

/** The same, made once for a list. Caller must: never change the list. */
export function factsOf(admins: readonly Administrator[]): AdministratorFacts {
  const made = known.get(admins);
  if (made !== undefined) return made;
  const facts = readFacts(admins);
  known.set(admins, facts);
  return facts;
}
