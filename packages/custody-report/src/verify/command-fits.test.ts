import type { DomainStateDocument, KeyStateDocument, NewKey, State } from "@holdfast/protocol";
import { applyByAll, PLAIN_KEY, SoftwareLedger, SoftwareReporter } from "@holdfast/testkit";
import { describe, expect, test } from "vitest";
import { commandFitProblem } from "./command-fits.ts";
import { verifyBundle } from "./verify-bundle.ts";

const PAIR: NewKey = { ...PLAIN_KEY, label: "signing", algorithm: "EC-P256", usage: ["agree", "sign", "verify"] };

/** What a command leaves, and what is wrong with it after somebody changed an entry's state. */
function judged(
  propose: (ledger: SoftwareLedger) => ReturnType<SoftwareLedger["domain"]["propose"]>,
  change: (state: State, item: number) => State = (state) => state,
): (string | null)[] {
  const ledger = SoftwareLedger.found();
  const built = propose(ledger);
  const { target } = built.command;
  const before = target?.kind === "key" ? (ledger.states.get(target.keyId) ?? null) : null;
  const at = ledger.domain.clock.now();
  const { ids } = applyByAll(ledger, built);
  return ids.map((subject, item) => {
    const after = change(ledger.states.get(subject) as State, item);
    return commandFitProblem({
      hash: built.hash,
      command: built.command,
      item,
      intros: new Map(),
      ...{ subject, label: undefined, after, before, at },
    });
  });
}

const items =
  (...all: NewKey[]) =>
  (ledger: SoftwareLedger) =>
    ledger.domain.propose({ act: "key.create", args: { items: all } });
const OTHER_KEY = "the key is not the one that was approved";

describe("an approved key pair", () => {
  test("fits two entries, the private key's and the public key's, before and after other keys", () => {
    expect(judged(items(PLAIN_KEY, PAIR, { ...PLAIN_KEY, label: "last" }))).toEqual([null, null, null, null]);
  });

  test("does not fit halves that have changed places, a public key that signs, or a private key that leaves", () => {
    const as = (type: KeyStateDocument["type"]) => (state: State) => ({ ...state, type }) as State;
    expect(judged(items(PAIR), as("public-key"))).toEqual([OTHER_KEY, null]);
    expect(judged(items(PAIR), as("private-key"))).toEqual([null, OTHER_KEY]);
    const signing = (state: State) => ({ ...state, usage: ["agree", "sign"] }) as State;
    expect(judged(items(PAIR), signing)).toEqual([null, OTHER_KEY]);
    const leaving = (state: State) => ({ ...state, extractable: true }) as State;
    expect(judged(items(PAIR), leaving)).toEqual([OTHER_KEY, null]);
  });
});

test("an approved place of a key is where it is, and the public half of a pair is no secret to keep there", () => {
  const inToken = { ...PLAIN_KEY, store: "hsm" } as const;
  expect(judged(items(inToken, { ...PAIR, store: "hsm" }))).toEqual([null, null, null]);
  const moved = (state: State) => ({ ...state, store: undefined }) as State;
  expect(judged(items(inToken), moved)).toEqual([OTHER_KEY]);
  expect(judged(items(PLAIN_KEY), (state) => ({ ...state, store: "hsm" }) as State)).toEqual([OTHER_KEY]);
});

test("an approved group fits that group only", () => {
  const move = (ledger: SoftwareLedger) => {
    const [keyId = ""] = applyByAll(ledger, items(PLAIN_KEY)(ledger)).ids;
    const target = { kind: "key", keyId, label: PLAIN_KEY.label, group: PLAIN_KEY.group } as const;
    return ledger.domain.propose({ act: "key.group", args: { group: "payments" }, target });
  };
  expect(judged(move)).toEqual([null]);
  expect(judged(move, (state) => ({ ...state, group: "shipping" }) as State)).toEqual([
    "the group is not the one that was approved",
  ]);
});

test("approved old algorithms fit those and no more", () => {
  const allow = (ledger: SoftwareLedger) =>
    ledger.domain.propose({ act: "crypto.allow", args: { algorithms: ["ECB"] } });
  expect(judged(allow)).toEqual([null]);
  const more = (state: State) => ({ ...(state as DomainStateDocument), legacy: ["3DES", "ECB"] }) as State;
  expect(judged(allow, more)).toEqual(["the algorithms are not those that were approved"]);
});

test("an approved policy for backups fits that policy only, and an approved setting that one", () => {
  const policy = {
    destinations: [{ kind: "directory", name: "disk", path: "/mnt/backup" }],
    intervalSec: 86_400,
    keep: { last: 30, days: 90 },
  } as const;
  const decide = (ledger: SoftwareLedger) => ledger.domain.propose({ act: "backup.policy", args: { policy } });
  expect(judged(decide)).toEqual([null]);
  const elsewhere = { ...policy, destinations: [{ ...policy.destinations[0], path: "/mnt/other" }] };
  for (const backup of [elsewhere, undefined])
    expect(judged(decide, (state) => ({ ...state, backup }) as State)).toEqual([
      "the backups' policy is not the one that was approved",
    ]);
  const hold = (ledger: SoftwareLedger) => ledger.domain.propose({ act: "domain.set", args: { ackNewKey: "backup" } });
  expect(judged(hold)).toEqual([null]);
  expect(judged(hold, (state) => ({ ...state, ackNewKey: undefined }) as State)).toEqual([
    "the setting is not the one that was approved",
  ]);
});

test("a log with all of them holds as a whole", async () => {
  const ledger = SoftwareLedger.found();
  const { domain } = ledger;
  const [keyId = ""] = applyByAll(ledger, items(PAIR)(ledger)).ids;
  const target = { kind: "key", keyId, label: PAIR.label, group: PAIR.group } as const;
  applyByAll(ledger, domain.propose({ act: "key.group", args: { group: "payments" }, target }));
  for (const algorithms of [["ECB", "3DES"], []] as const)
    applyByAll(ledger, domain.propose({ act: "crypto.allow", args: { algorithms } }));
  const destinations = [{ kind: "directory", name: "disk", path: "/mnt/backup" }] as const;
  const policy = { destinations, intervalSec: 86_400, keep: { last: 30, days: 90 } };
  applyByAll(ledger, domain.propose({ act: "backup.policy", args: { policy } }));
  applyByAll(ledger, domain.propose({ act: "backup.create", args: {} }));
  for (const ackNewKey of ["backup", "local"] as const)
    applyByAll(ledger, domain.propose({ act: "domain.set", args: { ackNewKey } }));
  applyByAll(ledger, domain.propose({ act: "domain.lock", args: {} }));
  await expect(verifyBundle(await new SoftwareReporter(ledger).bundle())).resolves.toBeTruthy();
});

test("a key is what was planned for it: active no sooner, stopping no later, and protecting no more", () => {
  const at = SoftwareLedger.found().domain.clock.now();
  const plan = { activation: at + 100, protectStop: at + 200, deactivation: at + 300 };
  const planned: NewKey = { ...PLAIN_KEY, ...plan, limit: { unit: "object", total: 12 } };
  expect(judged(items(planned, { ...PAIR, ...plan }))).toEqual([null, null, null]);
  expect(judged(items({ ...PLAIN_KEY, activation: at - 1 }))).toEqual([null]);
  const dated = (dates: object) => (state: State) =>
    ({ ...state, dates: { ...(state as KeyStateDocument).dates, ...dates } }) as State;
  for (const change of [
    dated({ activation: at }),
    dated({ activation: undefined }),
    dated({ protectStop: at + 201 }),
    dated({ protectStop: undefined }),
    dated({ deactivation: undefined }),
    dated({ processStart: at }),
    (state: State) => ({ ...state, state: "active" }) as State,
    (state: State) => ({ ...state, limits: { unit: "object", total: 13 } }) as State,
    (state: State) => ({ ...state, limits: { unit: "byte", total: 12 } }) as State,
    (state: State) => ({ ...state, limits: undefined }) as State,
  ])
    expect(judged(items(planned), change)).toEqual([OTHER_KEY]);
  expect(judged(items(PLAIN_KEY), dated({ deactivation: at + 1 }))).toEqual([OTHER_KEY]);
});
