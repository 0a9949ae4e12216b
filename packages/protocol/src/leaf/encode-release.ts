import type { Canonical } from "../brand.ts";
import { utf8 } from "../encoding/bytes.ts";
import type { Leaf } from "./leaf.ts";

const ID = "[a-z2-7]{25}[aeimquy4]";
/** The canonical form of a client's release, member by member. No value it lets through holds a quotation mark. */
const RELEASE = new RegExp(
  [
    `^{"actor":{"id":"c_${ID}","kind":"client"},"aid":"a_${ID}","cause":{"kind":"request"}`,
    `"data":{(?:"under":"k_${ID}",)?"version":[1-9][0-9]{0,14}}`,
    `"kind":"release","n":(?:0|[1-9][0-9]{0,14}),"subject":"k_${ID}","tid":"${ID}","ts":[1-9][0-9]{0,10}`,
    `"typ":"leaf","ver":1}$`,
  ].join(","),
);

const MEMBERS: ReadonlySet<string> = new Set(
  "typ ver tid aid n ts kind subject actor cause code pre post names data".split(" "),
);

/**
 * Encodes the entry that a client's release of a key leaves in the log, in one piece: there is one for each Get.
 *
 * @returns null for every other leaf, and for one that is not as such a leaf has to be: the schema says what it is then
 */
export function encodeRelease(leaf: Leaf): Canonical<Leaf> | null {
  const { kind, actor, cause, code, pre, post, names, data, n, ts } = leaf;
  if (kind !== "release" || actor?.kind !== "client" || cause?.kind !== "request") return null;
  if ((code ?? pre ?? post ?? names) !== undefined || data === undefined) return null;
  if (typeof n !== "number" || typeof ts !== "number" || typeof data["version"] !== "number") return null;
  for (const name in leaf) if (!MEMBERS.has(name)) return null;
  if (!has(actor, ["kind", "id"]) || !has(cause, ["kind"]) || !has(data, ["version", "under"])) return null;
  const under = data["under"];
  const inside = under === undefined ? "" : `"under":"${under}",`;
  const form =
    `{"actor":{"id":"${actor.id}","kind":"client"},"aid":"${leaf.aid}","cause":{"kind":"request"},` +
    `"data":{${inside}"version":${data["version"]}},"kind":"release","n":${n},"subject":"${leaf.subject}",` +
    `"tid":"${leaf.tid}","ts":${ts},"typ":"${leaf.typ}","ver":${leaf.ver}}`;
  return RELEASE.test(form) ? (utf8(form) as Canonical<Leaf>) : null;
}

function has(object: object, members: readonly string[]): boolean {
  for (const name in object) if (!members.includes(name)) return false;
  return true;
}
