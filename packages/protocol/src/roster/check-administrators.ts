import type { SignatureAlgorithm } from "../cose/cose-key.ts";
import { coseKeyOf } from "../cose/known-keys.ts";
import { ProtocolError } from "../errors.ts";
import { isLasting } from "../schema/read-once.ts";
import { type AdministratorFacts, factsOf, readFacts } from "./administrator-facts.ts";
import { isInGroups } from "./quorum.ts";
import type { Administrator, PasskeyCredential } from "./roster.ts";

/** Lists, and administrators by themselves, that keep the rules: most of a link stood in the one before, and is frozen. */
const checked = new WeakSet<readonly Administrator[] | Administrator>();

/**
 * Checks the rules that a roster's administrators keep by themselves, whatever else the roster says.
 *
 * @throws {@link ProtocolError} `E_ROSTER_SCHEMA`
 */
export function checkAdministrators(admins: readonly Administrator[]): void {
  if (checked.has(admins)) return;
  const { repeated } = currentFacts(admins);
  demand(repeated === null, `${repeated} stands in it twice`);
  const fresh = admins.filter((one) => !checked.has(one));
  for (const { creds } of fresh)
    for (const { cose, alg } of creds) demand(algorithmOf(cose) === alg, "a credential's key is of another kind");
  for (const { creds } of fresh)
    for (const credential of creds) if (credential.channel !== "local") checkOrigin(credential);
  demand(!sharesNames(admins), "a hosted page has the name of a key server's own page, or one above or below it");
  for (const one of fresh) if (isLasting(one)) checked.add(one);
  if (isLasting(admins)) checked.add(admins);
}

/** Whether a page of the operator's could ask for passkeys of a key server's own page, or the other way round. */
function sharesNames(admins: readonly Administrator[]): boolean {
  const names = { hosted: new Set<string>(), own: new Set<string>() };
  for (const { creds } of admins)
    for (const one of creds)
      if (one.channel !== "local") names[one.channel === "hosted" ? "hosted" : "own"].add(one.rpId);
  const isBelow = (name: string, other: string) => name === other || name.endsWith(`.${other}`);
  return [...names.hosted].some((hosted) => [...names.own].some((own) => isBelow(hosted, own) || isBelow(own, hosted)));
}

/** How many administrators may approve under a rule's groups. */
export function countAble(admins: readonly Administrator[], groups: readonly string[] | null): number {
  return groups === null ? currentFacts(admins).able : readFacts(admins.filter((one) => isInGroups(one, groups))).able;
}

/** What holds of a list now: read anew where somebody may have changed it. */
export function currentFacts(admins: readonly Administrator[]): AdministratorFacts {
  return isLasting(admins) ? factsOf(admins) : readFacts(admins);
}

function checkOrigin({ channel, origin, rpId }: PasskeyCredential): void {
  const parts = /^(https?):\/\/([a-z0-9.-]+)(?::([1-9][0-9]{0,4}))?$/.exec(origin);
  const [, scheme, host] = parts ?? [];
  demand(host !== undefined && host.length > 0, "an origin is not one");
  demand(
    host === rpId || (host?.endsWith(`.${rpId}`) === true && rpId.includes(".")),
    "an origin does not belong to its RP ID",
  );
  const onThisMachine = scheme === "http" && host?.endsWith(".localhost") === true;
  if (channel === "this-machine")
    demand(onThisMachine && rpId === host, "this-machine is http on a name below localhost");
  if (channel === "customer")
    demand(scheme === "https" && host?.endsWith("localhost") === false, "customer is https on a name of the customer");
  if (channel === "hosted") demand(scheme === "https" || onThisMachine, "hosted is https");
}

/** The algorithm of a key in its one form; null for what is none. */
export function algorithmOf(cose: string): SignatureAlgorithm | null {
  try {
    return coseKeyOf(cose).alg;
  } catch (error) {
    if (error instanceof ProtocolError) return null;
    throw error;
  }
}

/** Whether no two items have the same name. */
export function isUniqueBy<T>(items: readonly T[], nameOf: (item: T) => string): boolean {
  const names = new Set<string>();
  for (const item of items) names.add(nameOf(item));
  return names.size === items.length;
}

/** @throws {@link ProtocolError} `E_ROSTER_SCHEMA` unless it holds */
export function demand(holds: boolean, otherwise: string): void {
  if (!holds) throw new ProtocolError("E_ROSTER_SCHEMA", `The roster is refused: ${otherwise}.`);
}
