import type { ServedDomain } from "../served-agent.ts";

interface Turn {
  readonly id: string;
  taken: boolean;
}

/** Groups of one client whose turn is remembered; the one asked for longest ago is forgotten. */
const MAX_GROUPS = 1000;

/**
 * Whose turn it is in a client's groups: the default member of a group is the oldest object, and the next one once that
 * has been taken out. In memory: after a start the oldest has its turn again.
 *
 * @see KMIP 1.4 section 4.9 (Locate, Object Group Member)
 */
export class GroupTurns {
  readonly #byClient = new Map<string, Map<string, Turn>>();

  /** The default member of a group. @param ids - Its members, oldest first. */
  member(clientId: string, group: string, ids: readonly string[]): string | undefined {
    const turns = this.#byClient.get(clientId) ?? new Map<string, Turn>();
    this.#byClient.set(clientId, turns);
    const last = turns.get(group);
    const at = last === undefined ? -1 : ids.indexOf(last.id);
    const id = at < 0 ? ids[0] : ids[last?.taken ? (at + 1) % ids.length : at];
    turns.delete(group);
    if (id !== undefined) turns.set(group, { id, taken: false });
    for (const oldest of turns.keys()) {
      if (turns.size <= MAX_GROUPS) break;
      turns.delete(oldest);
    }
    return id;
  }

  /** Says that a client took an object out. */
  taken(clientId: string, id: string): void {
    for (const turn of this.#byClient.get(clientId)?.values() ?? []) if (turn.id === id) turn.taken = true;
  }
}

const byDomain = new WeakMap<object, GroupTurns>();

/** The turns of a domain's groups; they end with it. */
export function groupTurnsOf({ operations }: Pick<ServedDomain, "operations">): GroupTurns {
  const known = byDomain.get(operations) ?? new GroupTurns();
  byDomain.set(operations, known);
  return known;
}
