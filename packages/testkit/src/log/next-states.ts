import {
  type ClientStateDocument,
  type Command,
  type Custodian,
  type DomainStateDocument,
  decodeBase64url,
  deriveClientId,
  deriveKeyId,
  deriveScheduleId,
  encodeBase64url,
  grantsOfPermit,
  type ImportedKey,
  importedVersions,
  introductionHash,
  isKeyPairAlgorithm,
  type KeySchedule,
  type KeyState,
  type KeyStateDocument,
  LONGEST_CLIENT_SECONDS,
  type NewKey,
  nextState,
  parseIntroduction,
  referTo,
  runDueAt,
  type State,
  usageOfPart,
} from "@holdfast/protocol";
import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";

/** What an act makes of one object. */
export interface Step {
  readonly before: State | null;
  /** Null for an entry that changes no state: its subject is the command. */
  readonly after: State | null;
  readonly names?: { readonly label?: string; readonly alias?: string };
}

/** Where a command is carried out. */
export interface Setting {
  readonly tid: string;
  readonly now: number;
  readonly hash: string;
  readonly find: (id: string) => State | undefined;
  /** Introductions that the envelope brings, base64url. */
  readonly intros?: readonly string[];
}

const DATE: Partial<Record<KeyState, keyof KeyStateDocument["dates"]>> = {
  active: "activated",
  suspended: "suspended",
  deactivated: "deactivated",
  compromised: "compromised",
  destroyed: "destroyed",
};

/** The states that a command leads to, as an agent would reach them. Its checks are the agent's, not these. */
export function nextStates(command: Command, setting: Setting): Step[] {
  switch (command.act) {
    case "key.create":
      return newKeys(command.args.items, setting);
    case "import.begin":
    case "clock.accept":
      return [{ before: null, after: null }];
    case "import.commit":
      return importedKeys(command.args.items, setting);
    case "export.wrap":
      return command.args.keys.map(({ keyId }) => unchanged(stateOf<KeyStateDocument>(setting, keyId)));
    case "client.enrol":
      return [newClient(command, setting)];
    case "client.permit":
      return [newPermit(command, setting)];
    case "client.update": {
      const before = stateOf<ClientStateDocument>(setting, command.target.client);
      return [{ before, after: { ...before, grants: command.args.grants } }];
    }
    case "client.revoke": {
      const before = stateOf<ClientStateDocument>(setting, command.target.client);
      return [{ before, after: { ...before, state: "revoked", dates: { ...before.dates, revoked: setting.now } } }];
    }
    case "crypto.allow": {
      const before = stateOf<DomainStateDocument>(setting, setting.tid);
      const { algorithms } = command.args;
      return [{ before, after: { ...before, legacy: algorithms.length === 0 ? undefined : algorithms.toSorted() } }];
    }
    case "escrow.enrol": {
      const before = stateOf<DomainStateDocument>(setting, setting.tid);
      const { k, recoveryFile, custodians } = command.args;
      const seats = custodians.map((reference) => custodianOf(setting, reference));
      return [{ before, after: { ...before, escrow: { k, recoveryFile, custodians: seats } } }];
    }
    case "escrow.release":
    case "escrow.drill": {
      const before = stateOf<DomainStateDocument>(setting, setting.tid);
      return [{ before, after: before }];
    }
    case "backup.policy": {
      const before = stateOf<DomainStateDocument>(setting, setting.tid);
      return [{ before, after: { ...before, backup: command.args.policy } }];
    }
    case "backup.create": {
      const before = stateOf<DomainStateDocument>(setting, setting.tid);
      return [{ before, after: before }];
    }
    case "domain.set": {
      const before = stateOf<DomainStateDocument>(setting, setting.tid);
      const { ackNewKey = before.ackNewKey, share = before.share } = command.args;
      const set = {
        ackNewKey: ackNewKey === "backup" ? ackNewKey : undefined,
        share: share === "hashes" ? share : undefined,
      };
      return [{ before, after: { ...before, ...set } }];
    }
    case "log.acceptLoss":
    case "restore.accept": {
      const after = stateOf<DomainStateDocument>(setting, setting.tid);
      return [{ before: { ...after, recovering: true }, after }];
    }
    case "domain.lock":
    case "domain.unlock": {
      const before = stateOf<DomainStateDocument>(setting, setting.tid);
      return [{ before, after: { ...before, locked: command.act === "domain.lock", recovering: false } }];
    }
    default:
      return [keyStep(command, setting)];
  }
}

function custodianOf({ intros = [] }: Setting, reference: string): Custodian {
  const found = intros.map(decodeBase64url).find((bytes) => referTo(introductionHash(bytes)) === reference);
  const introduction = found && parseIntroduction(found);
  if (introduction?.object.kind !== "custodian") throw new RangeError("no such custodian was introduced");
  const { seat, routes } = introduction.object;
  return { seat, label: introduction.label, routes };
}

function newKeys(items: readonly NewKey[], setting: Setting): Step[] {
  const steps: Step[] = [];
  for (const item of items) {
    if (!isKeyPairAlgorithm(item.algorithm)) steps.push(newKey(item, steps.length, setting));
    else {
      const { alias: _, ...unnamed } = item;
      const halves = [
        newKey({ ...item, usage: usageOfPart(item.usage, "private-key") }, steps.length, setting, "private-key"),
        newKey(
          { ...unnamed, usage: usageOfPart(item.usage, "public-key"), extractable: true },
          steps.length + 1,
          setting,
          "public-key",
        ),
      ];
      steps.push(...halves);
    }
  }
  return steps;
}

function unchanged(state: State): Step {
  return { before: state, after: state };
}

function importedKeys(items: readonly ImportedKey[], setting: Setting): Step[] {
  return items.map((item, index) => {
    const { label, alias, group, extractable, usage } = item;
    const key = { label, alias, group, extractable, usage, algorithm: "AES-256" as const };
    const step = newKey(key, index, setting);
    const numbers = importedVersions(item);
    const current = numbers.at(-1) ?? 1;
    const after = step.after as KeyStateDocument;
    const versions = numbers.map((version) => ({
      ...{ version, created: setting.now, commit: commitment(after.id, version) },
      state: version === current ? ("active" as const) : ("deactivated" as const),
    }));
    const known = current > 1 ? { known: current } : {};
    return { ...step, after: { ...after, origin: "registered", ...known, current, versions } };
  });
}

function newKey(item: NewKey, index: number, { tid, now, hash }: Setting, type?: KeyStateDocument["type"]): Step {
  const { label, alias, group, extractable, algorithm, usage, cryptoperiodSec, originatorSec, recipientSec } = item;
  const { activation, protectStop, deactivation, limit: limits } = item;
  const id = deriveKeyId(hash, index);
  const state = activation !== undefined && activation > now ? "pre-active" : "active";
  const activated = state === "active" ? now : undefined;
  const after: KeyStateDocument = {
    typ: "state",
    ver: 1,
    tid,
    kind: "key",
    id,
    state,
    current: 1,
    versions: [{ version: 1, state, created: now, commit: commitment(id, 1) }],
    group,
    extractable,
    type,
    algorithm,
    usage,
    ...(limits === undefined ? {} : { limits }),
    store: type === "public-key" ? undefined : item.store,
    owner: { kind: "domain" },
    dates: {
      ...{ created: now, activated, activation, protectStop, deactivation },
      ...{ cryptoperiodSec, originatorSec, recipientSec },
    },
  };
  return { before: null, after, names: alias === undefined ? { label } : { label, alias } };
}

function newClient({ args }: Extract<Command, { act: "client.enrol" }>, setting: Setting): Step {
  const { tid, now, hash } = setting;
  const id = deriveClientId(hash);
  const isCompany = args.auth.kind === "company";
  const life = args.auth.kind === "company" ? LONGEST_CLIENT_SECONDS : args.auth.validitySec;
  const end = Math.min(now + life, args.notAfter ?? Number.MAX_SAFE_INTEGER);
  const spki = encodeBase64url(sha256(introducedKey(setting) ?? utf8ToBytes(`spki of ${id}`)));
  const { label, grants } = args;
  const dates = { created: now, notAfter: end };
  const auth = { kind: "mtls", spki, ...(isCompany ? { authority: "company" as const } : {}) } as const;
  return {
    before: null,
    after: { typ: "state", ver: 1, tid, kind: "client", id, state: "active", auth, grants, dates },
    names: { label },
  };
}

function newPermit({ args }: Extract<Command, { act: "client.permit" }>, setting: Setting): Step {
  const { tid, now, hash } = setting;
  const { label, until, most, networks, validitySec, renewable } = args;
  const id = deriveClientId(hash);
  const after: ClientStateDocument = {
    ...{ typ: "state", ver: 1, tid, kind: "client", id, state: "active", grants: grantsOfPermit(args) },
    auth: { kind: "permit", spki: encodeBase64url(sha256(utf8ToBytes(`secret of ${id}`))) },
    permit: { most, networks, validitySec, renewable },
    dates: { created: now, notAfter: until },
  };
  return { before: null, after, names: { label } };
}

/** The client's own key, where it was introduced. */
function introducedKey({ intros = [] }: Setting): Uint8Array | null {
  const [object] = intros.map((text) => parseIntroduction(decodeBase64url(text)).object);
  return object?.kind === "client-key" ? decodeBase64url(object.spki) : null;
}

function keyStep(command: Extract<Command, { target: { kind: "key" } }>, setting: Setting): Step {
  const before = stateOf<KeyStateDocument>(setting, command.target.keyId);
  const state = nextState(before.state, command.act) ?? before.state;
  if (command.act === "key.label") {
    const { label, alias } = command.args;
    return { before, after: before, names: alias === undefined ? { label } : { label, alias } };
  }
  if (command.act === "key.group") return { before, after: { ...before, group: command.args.group } };
  if (command.act === "key.rotate") return { before, after: rotated(before, setting.now) };
  if (command.act === "schedule.set") return { before, after: scheduled(command, before, setting) };
  if (command.act === "schedule.clear") {
    const left = (before.schedules ?? []).filter(({ does }) => does !== command.args.does);
    return { before, after: { ...before, schedules: left.length === 0 ? undefined : left } };
  }
  const { destroyDue: _, ...dates } = before.dates;
  const date = command.act === "key.resume" ? undefined : DATE[state];
  const versions = before.versions.map((each) =>
    each.state === before.state || state === "compromised" || state.startsWith("destroyed") ? { ...each, state } : each,
  );
  const moved = state === before.state ? before.dates : { ...dates, ...(date ? { [date]: setting.now } : {}) };
  if (command.act === "key.resume") return { before, after: { ...before, state, versions, dates: unsuspended(moved) } };
  return { before, after: { ...before, state, versions, dates: moved } };
}

function unsuspended({ suspended: _, ...dates }: KeyStateDocument["dates"]): KeyStateDocument["dates"] {
  return dates;
}

function scheduled(
  { args }: Extract<Command, { act: "schedule.set" }>,
  before: KeyStateDocument,
  { hash, now }: Setting,
): KeyStateDocument {
  const { does, everySec, first, unusedSec } = args;
  const fresh = { id: deriveScheduleId(hash), does, everySec, next: first ?? now + everySec, n: 0, unusedSec };
  return { ...before, schedules: [...(before.schedules ?? []).filter((each) => each.does !== does), fresh] };
}

/** What a due run of a schedule makes of a key, as an agent would reach it. */
export function ranSchedule(before: KeyStateDocument, does: KeySchedule["does"], now: number): KeyStateDocument {
  const move = (each: KeySchedule) => (each.does === does ? (runDueAt(each, now)?.after ?? each) : each);
  const stepped = does === "rotate" ? rotated(before, now) : before;
  return { ...stepped, schedules: before.schedules?.map(move) };
}

function rotated(before: KeyStateDocument, now: number): KeyStateDocument {
  const version = before.current + 1;
  const retired = before.versions.map((each) =>
    each.version === before.current ? { ...each, state: "deactivated" as const } : each,
  );
  const fresh = { version, state: "active" as const, created: now, commit: commitment(before.id, version) };
  return { ...before, current: version, versions: [...retired, fresh] };
}

function commitment(id: string, version: number): string {
  return encodeBase64url(sha256(utf8ToBytes(`commitment of ${id} ${version}`)));
}

function stateOf<S extends State>({ find }: Setting, id: string): S {
  const state = find(id);
  if (state === undefined) throw new RangeError("the domain has no such object");
  return state as S;
}
