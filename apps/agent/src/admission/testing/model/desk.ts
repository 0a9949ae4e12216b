import { createPrivateKey, type JsonWebKey, sign } from "node:crypto";
import {
  type Approval,
  commandHash,
  deriveClientId,
  deriveKeyId,
  deriveScheduleId,
  encodeBase64url,
  encodeCanonical,
  encodeEnvelope,
} from "@holdfast/protocol";
import {
  type ApprovalOptions,
  approveBy,
  approveRaw,
  type SoftwareAdministrator,
  type SoftwareKey,
} from "@holdfast/testkit";
import { commitArgs } from "./desk-imports.ts";
import type { FLAWS, KeySign, Sign } from "./history.ts";
import { timeOf } from "./model-clock.ts";
import type { ModelDomain } from "./model-domain.ts";
import type { Ids } from "./model-log.ts";
import {
  type ModelApproval,
  type ModelCommand,
  type ModelEnvelope,
  type ModelState,
  ruleOf,
  tightens,
} from "./model-state.ts";

/** A decision as it travels, and as the model has it. */
export interface Decision {
  readonly real: Approval;
  readonly model: ModelApproval;
}

/** A proposal that somebody made, with the decisions that were made over it so far. */
export interface Order {
  readonly command: ModelCommand;
  readonly doc: string;
  readonly decisions: Decision[];
  readonly proposal: Decision | null;
}

const OTHER = "A".repeat(43);
const NOBODY = "a".repeat(26);

let nonces = 0;

/** Proposes an act on what the model knows: nothing of it is taken from the agent. */
export function propose(
  state: ModelState,
  domain: ModelDomain,
  asked: { readonly act: string; readonly on: number; readonly pick: number; readonly flaw: (typeof FLAWS)[number] },
): Order {
  const { act, on, pick, flaw } = asked;
  const now = timeOf(state.clock);
  const rule = ruleOf(state, act);
  const target = targetOf(state, act, on);
  if (target !== null && flaw === "another name") target.label = "another name";
  const key = target?.kind === "key" ? (state.keys.get(target.id) ?? null) : null;
  const issued = flaw === "from the future" ? now + 700 : now;
  const exp = issued + (flaw === "too long" ? rule.maxTtlSec + 1 : Math.min(rule.maxTtlSec, 24 * 3600));
  const seen = key === null ? null : { head: key.head, state: key.state, version: key.versions.length };
  const client = target?.kind === "client" ? { head: state.clients.get(target.id)?.head ?? 0 } : null;
  const expect = tightens(act) ? null : (seen ?? client);
  const roster = flaw === "another roster" ? OTHER : state.roster.hash;
  const proposer = rule.noSelf === true ? (domain.hands[3]?.administrator.adm ?? null) : null;
  const facts = {
    tid: flaw === "another domain" ? NOBODY : state.tid,
    act,
    target,
    args: argsOf(state, act, { pick, issued }),
  };
  nonces += 1;
  const bytes = encodeCanonical({
    ...{ typ: "cmd", ver: 1, tid: facts.tid, act, args: facts.args },
    ...(target === null ? {} : { target: wordsOf(target) }),
    ...(expect === null ? {} : { expect }),
    ...{ roster: { seq: state.rosters.length - 1, hash: roster }, issued, exp, reason: "" },
    ...(proposer === null ? {} : { proposer }),
    nonce: encodeBase64url(Uint8Array.from({ length: 16 }, (_, at) => (nonces >> (at * 8)) & (at < 4 ? 255 : 0))),
  });
  const command: ModelCommand = { ...facts, hash: commandHash(bytes), expect, roster, issued, exp, proposer };
  const proposal = proposer === null ? null : decide(domain, [command.hash], { hand: 3, how: "only proposes" });
  return { command, doc: encodeBase64url(bytes), decisions: [], proposal };
}

/** A decision over a list, right or wrong as asked. */
export function decide(domain: ModelDomain, list: readonly string[], { hand, how }: Sign): Decision {
  const { administrator, passkey } = domain.hands[hand] as ModelDomain["hands"][number];
  const decision = how === "rejects" ? 2 : how === "only proposes" ? 0 : 1;
  const [knobs, wrong] = wrongs(how);
  const signed = how === "another list" ? [OTHER] : list;
  const signer = quickSigner(administrator, passkey);
  const real = approveBy(administrator, how === "another challenge" ? [OTHER] : signed, {
    ...{ decision, passkey, signer, ...knobs },
  });
  const model = { credId: real.credId, decision, list: signed, wrong };
  return { real: how === "another challenge" ? { ...real, list: [...list] } : real, model };
}

/** A recovery key's decision over a list, right or wrong as asked. */
export function decideByKey({ keys }: ModelDomain, list: readonly string[], { key, how }: KeySign): Decision {
  const decision = how === "objects" ? 2 : 1;
  const signed = how === "another list" ? [OTHER] : [...list];
  const rightful = decision === 1 ? "recover" : "veto";
  const purpose = how === "another purpose" ? "veto" : rightful;
  const real = approveRaw(keys[key] as SoftwareKey, signed, purpose, decision);
  const wrong = purpose === rightful ? null : "E_SIG";
  return { real, model: { credId: real.credId, decision, list: signed, wrong } };
}

const signers = new Map<SoftwareKey, SoftwareKey>();

/** Signs by the runtime: the software key's own way is the same every time, and ten times as long. */
function quickSigner({ passkeys }: SoftwareAdministrator, passkey: number): SoftwareKey {
  const key = passkeys[passkey]?.key as SoftwareKey;
  const known = signers.get(key);
  if (known !== undefined) return known;
  const [x, y, d] = [key.cose.subarray(10, 42), key.cose.subarray(45), key.secret].map(encodeBase64url);
  const native = createPrivateKey({ key: { kty: "EC", crv: "P-256", x, y, d } as JsonWebKey, format: "jwk" });
  const signer = { sign: (message: Uint8Array) => new Uint8Array(sign("sha256", message, native)) } as SoftwareKey;
  signers.set(key, signer);
  return signer;
}

function wrongs(how: Sign["how"]): [ApprovalOptions, string | null] {
  if (how === "bent signature") return [{ authData: undefined, signature: bend } as ApprovalOptions, "E_ASSERT_SIG"];
  if (how === "nobody verified") return [{ flags: { uv: false } }, "E_ASSERT_UV"];
  if (how === "another origin") return [{ origin: "https://keys.example.com.evil.example" }, "E_ASSERT_CLIENTDATA"];
  if (how === "another challenge") return [{}, "E_ASSERT_CLIENTDATA"];
  return [{}, null];
}

/** Another number in place of a signature's last: still well written. */
function bend(bytes: Uint8Array): Uint8Array {
  return bytes.with(bytes.length - 1, (bytes.at(-1) as number) ^ 1);
}

/** An envelope with some decisions, as bytes and as the model has it. */
export function envelopeOf(order: Order, decisions: readonly Decision[]): { bytes: Uint8Array; model: ModelEnvelope } {
  const { doc, command, proposal } = order;
  const bytes = encodeEnvelope({
    ...{ typ: "env", ver: 1, doc, approvals: decisions.map(({ real }) => real) },
    ...(proposal === null ? {} : { proposal: proposal.real }),
  });
  const approvals = decisions.map(({ model }) => model);
  return { bytes, model: { command, approvals, proposal: proposal?.model ?? null } };
}

/** Ids that follow from a command. */
export function idsOf({ hash, act, args }: ModelCommand): Ids {
  const keys =
    act === "key.create" || act === "import.commit"
      ? args.items.map((_: unknown, place: number) => deriveKeyId(hash as never, place))
      : [];
  return { keys, client: deriveClientId(hash as never), schedule: deriveScheduleId(hash as never) };
}

/** The head that goes on and all that is given up; or something else. */
function lossArgs({ log, logRoot, lost, found }: ModelState, pick: number) {
  const known = lost.length > 0 ? lost : [{ size: log.length + 1, root: OTHER }];
  const more = { size: (known.at(-1)?.size ?? 0) + 1, root: OTHER };
  return {
    size: log.length - (pick === 11 ? 1 : 0),
    root: pick === 10 ? OTHER : logRoot,
    found: found === "" || pick === 7 ? OTHER.slice(0, 22) : found,
    lost: pick === 9 ? [...known, more] : pick === 8 ? known.map(({ size }) => ({ size, root: OTHER })) : [...known],
  };
}

/** Networks of permits, and addresses with the network that each is in. */
const PLACES = { v4: "10.0.0.0/8", v6: "2001:db8::/32" };
export const ADDRESSES: readonly (readonly [address: string, within: readonly string[]])[] = [
  ["10.255.3.4", [PLACES.v4]],
  ["::ffff:10.0.0.1", [PLACES.v4]],
  ["2001:db8:ffff::1", [PLACES.v6]],
  ["11.0.0.1", []],
  ["2001:db9::1", []],
];

function targetOf(
  state: ModelState,
  act: string,
  on: number,
): { kind: "key" | "client"; id: string; label: string; group?: string } | null {
  if (act === "client.revoke" || act === "client.update") {
    const [id, client] = [...state.clients][on % Math.max(1, state.clients.size)] ?? [`c_${NOBODY}`, { label: "shop" }];
    return { kind: "client", id, label: client.label };
  }
  const isOfKey = act.startsWith("schedule.") || (act.startsWith("key.") && act !== "key.create");
  if (!isOfKey) return null;
  const keys = [...state.keys.values()];
  const { id, label, group } = keys[on % Math.max(1, keys.length)] ?? {
    ...{ id: `k_${NOBODY}`, label: "orders", group: "default" },
  };
  return { kind: "key", id, label, group };
}

function wordsOf({ kind, id, label, group }: { kind: string; id: string; label: string; group?: string }) {
  return kind === "key" ? { kind, keyId: id, label, group: group ?? "" } : { kind, client: id, label };
}

const HOUR = 3600;
const DAY = 24 * HOUR;
const EVERY = 26 * HOUR;
const DEEDS = ["rotate", "deactivate", "notify"];

function argsOf(state: ModelState, act: string, { pick, issued }: { readonly pick: number; readonly issued: number }) {
  const key = { algorithm: "AES-256", usage: ["encrypt", "decrypt"] };
  const item = (at: number) => ({
    ...{ ...key, label: `orders ${at}`, group: at % 4 === 3 ? "archive" : "default", extractable: at % 5 === 4 },
    ...(at % 3 === 2 ? { alias: "alias/main" } : {}),
  });
  switch (act) {
    case "key.create":
      return { items: pick % 4 === 0 ? [item(pick), item(pick + 1)] : [item(pick)] };
    case "key.label":
      return { label: `name ${pick}` };
    case "key.group":
      return { group: pick % 2 === 0 ? "archive" : "default" };
    case "schedule.set":
      return { does: DEEDS[pick % 3] as string, everySec: EVERY };
    case "schedule.clear":
      return { does: DEEDS[pick % 3] as string };
    case "crypto.allow":
      return { algorithms: pick % 2 === 0 ? [] : ["RSA-PKCS1"] };
    case "client.enrol":
      return {
        ...{ label: `shop ${pick}`, auth: { kind: "issued", validitySec: 30 * DAY } },
        grants: [{ ops: ["encrypt"], keys: { kind: "all" } }],
      };
    case "client.permit":
      return {
        ...{ label: `web ${pick}`, ops: ["encrypt"], group: pick % 2 === 0 ? "default" : "archive" },
        ...{ most: 1 + (pick % 3), networks: pick % 4 === 3 ? [PLACES.v6] : [PLACES.v4], renewable: pick % 2 === 1 },
        ...{ validitySec: pick % 3 === 1 ? 30 * DAY : 12 * HOUR },
        until: issued + (pick === 11 ? 30 * DAY + 1 : pick % 3 === 2 ? HOUR : 30 * DAY),
      };
    case "client.update":
      return { grants: [{ ops: [pick % 2 === 0 ? "decrypt" : "sign"], keys: { kind: "own" } }] };
    case "client.revoke":
      return pick % 2 === 0 ? { issued: true } : {};
    case "log.acceptLoss":
      return lossArgs(state, pick);
    case "import.begin":
      return { form: "hpke", most: 1 + (pick % 2) };
    case "import.commit":
      return commitArgs(state, pick);
    case "restore.accept":
      return { size: state.log.length - (pick % 3 === 2 ? 1 : 0), root: state.logRoot };
    default:
      return {};
  }
}
