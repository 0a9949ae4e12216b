import {
  type ClientStateDocument,
  type KeySchedule,
  type KeyStateDocument,
  keyKind,
  knownVersion,
  type PermitProfile,
  type State,
} from "@holdfast/protocol";

/** Dates that bring something about, or set the material aside. */
const PLANNED = [
  "activated",
  "activation",
  "processStart",
  "protectStop",
  "deactivation",
  "archived",
  "suspended",
  "originatorSec",
  "recipientSec",
] as const;

/** What a page shows of a key: a claim of the server. */
export interface KeyClaim {
  readonly id: string;
  readonly state: string;
  readonly current: number;
  readonly group: string;
  readonly algorithm: string;
  readonly type: string;
  readonly bits: number | null;
  readonly registered: boolean;
  readonly knownVersion: number;
  readonly usage: readonly string[];
  readonly extractable: boolean;
  readonly inToken: boolean;
  readonly ownerClient: string | null;
  readonly created: number;
  readonly cryptoperiodSec: number | null;
  readonly planned: { readonly [name in (typeof PLANNED)[number]]?: number | undefined } & {
    readonly schedules?: readonly Omit<KeySchedule, "unusedSec">[] | undefined;
    readonly limit?: { readonly unit: string; readonly total: number } | undefined;
  };
  readonly versions?: readonly {
    readonly version: number;
    readonly state: string;
    readonly created: number;
    readonly commit: string;
  }[];
}

/** What a page shows of a client: a claim of the server. */
export interface ClientClaim {
  readonly id: string;
  readonly state: string;
  readonly spki: string;
  readonly grants: readonly {
    readonly ops: readonly string[];
    readonly keys: { readonly kind: string; readonly id?: string | undefined };
  }[];
  /** What an enrolment secret lets in. */
  readonly permit: PermitProfile | null;
  /** The enrolment secret by which it came. */
  readonly cameBy: string | null;
  readonly created: number;
  readonly notAfter: number | null;
}

/** Whether a claim says anything else than the state that was proved. No state, or another kind of object, contradicts. */
export function contradictsState(claim: KeyClaim | ClientClaim, state: State | null): boolean {
  if ("spki" in claim) return state?.kind !== "client" || !isSameClient(claim, state);
  return state?.kind !== "key" || !isSameKey(claim, state);
}

function isSameKey(claim: KeyClaim, state: KeyStateDocument): boolean {
  const owner = state.owner.kind === "client" ? state.owner.id : null;
  return (
    claim.id === state.id &&
    claim.state === state.state &&
    claim.current === state.current &&
    claim.group === state.group &&
    claim.algorithm === keyKind(state) &&
    claim.type === (state.type ?? "symmetric-key") &&
    claim.bits === (state.bits ?? null) &&
    claim.registered === (state.origin === "registered") &&
    claim.knownVersion === knownVersion(state) &&
    isSameSet(claim.usage, state.usage) &&
    claim.extractable === state.extractable &&
    claim.inToken === (state.store === "hsm") &&
    claim.ownerClient === owner &&
    claim.created === state.dates.created &&
    (claim.cryptoperiodSec ?? undefined) === state.dates.cryptoperiodSec &&
    PLANNED.every((name) => claim.planned[name] === state.dates[name]) &&
    isSameList(claim.planned.schedules, state.schedules) &&
    isSameLimit(claim.planned.limit, state.limits) &&
    (claim.versions === undefined || isSameVersions(claim.versions, state.versions))
  );
}

function isSameVersions(claimed: NonNullable<KeyClaim["versions"]>, proved: KeyStateDocument["versions"]): boolean {
  return (
    claimed.length === proved.length &&
    proved.every((version) => {
      const claim = claimed.find((each) => each.version === version.version);
      return claim?.state === version.state && claim.created === version.created && claim.commit === version.commit;
    })
  );
}

function isSameClient(claim: ClientClaim, state: ClientStateDocument): boolean {
  return (
    claim.id === state.id &&
    claim.state === state.state &&
    claim.spki === state.auth.spki &&
    claim.created === state.dates.created &&
    claim.notAfter === state.dates.notAfter &&
    claim.cameBy === (state.auth.permit ?? null) &&
    isSamePermit(claim.permit, state.permit ?? null) &&
    claim.grants.length === state.grants.length &&
    state.grants.every((grant, index) => {
      const shown = claim.grants[index];
      const id = "id" in grant.keys ? grant.keys.id : undefined;
      return shown?.keys.kind === grant.keys.kind && shown.keys.id === id && isSameSet(shown.ops, grant.ops);
    })
  );
}

function isSamePermit(claim: ClientClaim["permit"], permit: PermitProfile | null): boolean {
  if (claim === null || permit === null) return claim === permit;
  const { most, networks, validitySec, renewable } = permit;
  return (
    claim.most === most &&
    claim.validitySec === validitySec &&
    claim.renewable === renewable &&
    claim.networks.join() === networks.join()
  );
}

/** How far a schedule has come moves with entries that commands need not expect; what was approved is compared. */
function isSameList(claim: KeyClaim["planned"]["schedules"], state: KeyStateDocument["schedules"]): boolean {
  const text = (all: KeyClaim["planned"]["schedules"]) =>
    (all ?? []).map(({ id, does, everySec }) => `${id} ${does} ${everySec}`).join();
  return text(claim) === text(state);
}

/** A limit that is shown is the one that was proved; what was read before limits were told shows none. */
function isSameLimit(claim: KeyClaim["planned"]["limit"], limits: KeyStateDocument["limits"]): boolean {
  return claim === undefined || (claim.unit === limits?.unit && claim.total === limits.total);
}

function isSameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && other.every((each) => one.includes(each));
}
