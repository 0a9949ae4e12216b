import type { Facts, KeyFacts } from "../model/facts.ts";
import { short } from "./words.ts";

const SHORT_ID = 14;

/** Of a key or client; what never came to be done may be named by its command's hash, which says nothing beside a name. */
const OBJECT_ID = /^[kc]_/;

/** A name with the beginning of the identifier it belongs to: names of keys and clients need not be unique. */
export function nameAndId(label: string | null, id: string): string {
  if (label === null) return short(id, SHORT_ID);
  return OBJECT_ID.test(id) ? `${label} (${short(id, SHORT_ID)})` : label;
}

/** What a key is called among all: its name alone, with its identifier's beginning where another has that name too. */
export function tellApart(keys: readonly KeyFacts[]): (key: KeyFacts) => string {
  const isShared = sharedNames(keys);
  return ({ label, id }) => (isShared(label) ? nameAndId(label, id) : (label ?? id));
}

/** The same where there is room for 20 characters. */
export function tellApartShortly(keys: readonly KeyFacts[]): (key: KeyFacts) => string {
  const isShared = sharedNames(keys);
  return ({ label, id }) => (isShared(label) ? `${short(label ?? "", 9)} ${short(id, 10)}` : short(label ?? id, 20));
}

function sharedNames(keys: readonly KeyFacts[]): (label: string | null) => boolean {
  const times = new Map<string | null, number>();
  for (const { label } of keys) times.set(label, (times.get(label) ?? 0) + 1);
  return (label) => label !== null && (times.get(label) ?? 0) > 1;
}

/** Names of what entries are about, by its identifier: keys, clients, key servers and administrators. */
export function namesOf({ keys, clients, roster }: Facts): ReadonlyMap<string, string> {
  const named = [...keys, ...clients].map(({ id, label }) => [id, label] as const);
  const all = [
    ...named,
    ...roster.agents.map(({ aid, label }) => [aid, label] as const),
    ...roster.admins.map(({ adm, label }) => [adm, label] as const),
  ];
  return new Map(all.flatMap(([id, label]) => (label === null ? [] : [[id, label] as const])));
}
