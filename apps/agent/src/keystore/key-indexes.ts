import type { KeyRecord } from "./records.ts";

/** By what keys are found other than their ids, and how many there are: exact with the records that were taken in. */
export class KeyIndexes {
  readonly #aliases = new Map<string, string>();
  readonly #names = new Map<string, Set<string>>();
  readonly #foreign = new Map<string, string>();
  readonly #planned = new Set<string>();
  readonly #inToken = new Set<string>();
  readonly #scheduled = new Set<string>();
  /** How many keys there are of each group, destroyed ones too. */
  readonly #groups = new Map<string, number>();
  #alive = 0;

  /** Keys that are not destroyed. */
  get alive(): number {
    return this.#alive;
  }

  /** Keys in a token that are not destroyed. */
  get inToken(): ReadonlySet<string> {
    return this.#inToken;
  }

  /** Keys whose state a date may change. */
  get planned(): ReadonlySet<string> {
    return this.#planned;
  }

  /** Keys that the agent does something with by itself. */
  get scheduled(): ReadonlySet<string> {
    return this.#scheduled;
  }

  byAlias(group: string, alias: string): string | undefined {
    return this.#aliases.get(aliasKey(group, alias));
  }

  /** Every key that has an alias, each in a group of its own. */
  *byAliasAnywhere(alias: string): Iterable<string> {
    for (const group of this.#groups.keys()) {
      const id = this.byAlias(group, alias);
      if (id !== undefined) yield id;
    }
  }

  byName(name: string): Iterable<string> {
    return this.#names.get(name) ?? [];
  }

  byForeignId(foreign: string): string | undefined {
    return this.#foreign.get(foreign);
  }

  /** Whether any key, also a destroyed one, is of a group. */
  hasGroup(group: string): boolean {
    return this.#groups.has(group);
  }

  take(record: KeyRecord): void {
    const { id, group, state, aliases, names, foreign } = record;
    if (!state.startsWith("destroyed")) {
      this.#alive += 1;
      for (const alias of aliases) this.#aliases.set(aliasKey(group, alias), id);
    }
    for (const { value } of names) {
      const named = this.#names.get(value);
      if (named === undefined) this.#names.set(value, new Set([id]));
      else named.add(id);
    }
    for (const each of foreign) this.#foreign.set(each, id);
    if (hasPlan(record)) this.#planned.add(id);
    if (record.store === "hsm" && !state.startsWith("destroyed")) this.#inToken.add(id);
    if (record.schedules.length > 0) this.#scheduled.add(id);
    this.#groups.set(group, (this.#groups.get(group) ?? 0) + 1);
  }

  forget({ id, group, state, aliases, names }: KeyRecord): void {
    if (!state.startsWith("destroyed")) this.#alive -= 1;
    for (const alias of aliases) {
      const name = aliasKey(group, alias);
      // The alias of a destroyed key may be another's by now.
      if (this.#aliases.get(name) === id) this.#aliases.delete(name);
    }
    for (const { value } of names) {
      const named = this.#names.get(value);
      named?.delete(id);
      if (named?.size === 0) this.#names.delete(value);
    }
    this.#planned.delete(id);
    this.#inToken.delete(id);
    this.#scheduled.delete(id);
    const left = (this.#groups.get(group) ?? 1) - 1;
    if (left === 0) this.#groups.delete(group);
    else this.#groups.set(group, left);
  }
}

function aliasKey(group: string, alias: string): string {
  return `${group}\n${alias}`;
}

function hasPlan({ state, dates }: KeyRecord): boolean {
  if (state === "pre-active") return dates.activation !== undefined;
  return (state === "active" || state === "suspended") && dates.deactivation !== undefined;
}
