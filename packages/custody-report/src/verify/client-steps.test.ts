import {
  type CanonicalObject,
  encodeState,
  type Grant,
  type KeyStateDocument,
  type LeafActor,
  type LeafKind,
  stateHash,
} from "@holdfast/protocol";
import { applyByAll, PLAIN_KEY, SoftwareLedger, SoftwareReporter } from "@holdfast/testkit";
import { describe, expect, test } from "vitest";
import { verifyBundle } from "./verify-bundle.ts";

const REQUEST = { kind: "request" } as const;
const HOST = { kind: "host" } as const;
const AGENT = { kind: "agent" } as const;

/** An agent that lies with its own keys: it writes what it likes, and a client's grants are on record. */
class Liar {
  readonly ledger = SoftwareLedger.found();
  readonly client: string;
  readonly actor: LeafActor;
  key: KeyStateDocument;

  constructor(...grants: Grant[]) {
    const { domain, states } = this.ledger;
    const [keyId = ""] = applyByAll(
      this.ledger,
      domain.propose({ act: "key.create", args: { items: [PLAIN_KEY] } }),
    ).ids;
    const auth = { kind: "issued", validitySec: 86_400 } as const;
    const enrol = domain.propose({ act: "client.enrol", args: { label: "billing", auth, grants } });
    this.client = applyByAll(this.ledger, enrol).ids[0] ?? "";
    this.actor = { kind: "client", id: this.client };
    this.key = states.get(keyId) as KeyStateDocument;
  }

  get now(): number {
    return this.ledger.domain.clock.now();
  }

  /** A client's own new key. */
  born(change: Partial<KeyStateDocument> = {}, kind: LeafKind = "key.create", data?: { from: string }): this {
    const { domain, log, states } = this.ledger;
    const { activated: _, ...dates } = this.key.dates;
    const state: KeyStateDocument = {
      ...this.key,
      ...{ id: `k_${"a".repeat(25)}e`, state: "pre-active", owner: { kind: "client", id: this.client }, dates },
      versions: this.key.versions.map((each) => ({ ...each, state: "pre-active" })),
      ...change,
    };
    log.append({ kind, subject: state.id, actor: this.actor, cause: REQUEST, state, ...(data ? { data } : {}) });
    states.set(state.id, state);
    this.key = state;
    domain.clock.advance(1);
    return this;
  }

  step(
    kind: LeafKind,
    change: Partial<KeyStateDocument>,
    by: "client" | "date" = "client",
    data?: CanonicalObject,
  ): this {
    const { log, states, domain } = this.ledger;
    const before = this.key;
    const after = { ...before, ...change };
    const who = by === "client" ? { actor: this.actor, cause: REQUEST } : { actor: AGENT, cause: HOST };
    const said = data === undefined ? {} : { data };
    log.append({ kind, subject: before.id, ...who, pre: stateHash(encodeState(before)), state: after, ...said });
    states.set(before.id, after);
    this.key = after;
    domain.clock.advance(1);
    return this;
  }

  to(state: KeyStateDocument["state"], dates: Partial<KeyStateDocument["dates"]> = {}): Partial<KeyStateDocument> {
    const versions = this.key.versions.map((each) => ({ ...each, state }));
    return { state, versions, dates: { ...this.key.dates, ...dates } };
  }

  dated(dates: Partial<KeyStateDocument["dates"]>): Partial<KeyStateDocument> {
    return { dates: { ...this.key.dates, ...dates } };
  }

  revokeClient(): this {
    const { domain } = this.ledger;
    const target = { kind: "client", client: this.client, label: "billing" } as const;
    applyByAll(this.ledger, domain.propose({ act: "client.revoke", args: {}, target }));
    return this;
  }

  /** Administrators allow the client other things. */
  updateClient(...grants: Grant[]): this {
    const { domain } = this.ledger;
    const target = { kind: "client", client: this.client, label: "billing" } as const;
    applyByAll(this.ledger, domain.propose({ act: "client.update", args: { grants }, target }));
    return this;
  }

  async verdict(): Promise<string> {
    return verifyBundle(await new SoftwareReporter(this.ledger).bundle()).then(
      () => "holds",
      (error: { code?: string }) => error.code ?? String(error),
    );
  }
}

const own = (...ops: Grant["ops"][number][]): Grant => ({ ops, keys: { kind: "own" } });

describe("a client's step within its grant holds", () => {
  test("and the same without that grant does not", async () => {
    const steps: [Grant["ops"][number], (liar: Liar) => Liar][] = [
      ["activate", (liar) => liar.born().step("key.activate", liar.to("active", { activated: liar.now }))],
      ["revoke", (liar) => liar.born().step("key.compromise", liar.to("compromised", { compromised: liar.now }))],
      ["destroy", (liar) => liar.born().step("key.destroy", liar.to("destroyed", { destroyed: liar.now }))],
      ["attributes", (liar) => liar.born().step("key.attributes", liar.dated({ protectStop: liar.now + 9 }))],
    ];
    for (const [needed, lie] of steps) {
      expect(await lie(new Liar(own("create", needed))).verdict(), needed).toBe("holds");
      expect(await lie(new Liar(own("create", "locate"))).verdict(), needed).toBe("V_STATE");
    }
  });

  test("on its own objects only, where the grant says so", async () => {
    const others = new Liar(own("all"));
    others.step("key.deactivate", others.to("deactivated", { deactivated: others.now }));
    expect(await others.verdict()).toBe("V_STATE");
    const granted = new Liar({ ops: ["revoke"], keys: { kind: "group", id: "default" } });
    granted.step("key.deactivate", granted.to("deactivated", { deactivated: granted.now }));
    expect(await granted.verdict()).toBe("holds");
  });

  test("as it stands when the step is taken, after what administrators changed", async () => {
    const lost = new Liar(own("all")).born().updateClient(own("locate"));
    lost.step("key.destroy", lost.to("destroyed", { destroyed: lost.now }));
    expect(await lost.verdict()).toBe("V_STATE");
    const gained = new Liar(own("create", "locate")).born().updateClient(own("create", "destroy"));
    gained.step("key.destroy", gained.to("destroyed", { destroyed: gained.now }));
    expect(await gained.verdict()).toBe("holds");
  });

  test("until it is withdrawn", async () => {
    const liar = new Liar(own("all")).born().revokeClient();
    liar.step("key.destroy", liar.to("destroyed", { destroyed: liar.now }));
    expect(await liar.verdict()).toBe("V_STATE");
  });
});

describe("a new object of a client", () => {
  test("is registered by the grant import, and says that somebody held it before", async () => {
    const registered = {
      origin: "registered",
      type: "secret-data",
      algorithm: undefined,
      usage: [],
      bits: 96,
    } as const;
    expect(await new Liar(own("import")).born(registered, "key.register").verdict()).toBe("holds");
    expect(await new Liar(own("create")).born(registered, "key.register").verdict()).toBe("V_STATE");
    expect(await new Liar(own("import")).born({}, "key.register").verdict()).toBe("V_STATE");
    expect(await new Liar(own("create")).born(registered, "key.create").verdict()).toBe("V_STATE");
  });

  test("may leave only by the grant get", async () => {
    expect(await new Liar(own("create")).born({ extractable: true }).verdict()).toBe("V_STATE");
    expect(await new Liar(own("create", "get")).born({ extractable: true }).verdict()).toBe("holds");
    expect(await new Liar(own("create")).born({ extractable: true, type: "public-key" }).verdict()).toBe("holds");
  });

  test("that is derived belongs to its base's owner and leaves no more than its base", async () => {
    const grant: Grant = { ops: ["create", "derive", "get"], keys: { kind: "all" } };
    const domain = { owner: { kind: "domain" } } as const;
    const from = (liar: Liar) => ({ from: liar.key.id });
    const good = new Liar(grant);
    expect(await good.born(domain, "key.create", from(good)).verdict()).toBe("holds");
    const taken = new Liar(grant);
    expect(await taken.born({}, "key.create", from(taken)).verdict()).toBe("V_STATE");
    const leaving = new Liar(grant);
    expect(await leaving.born({ ...domain, extractable: true }, "key.create", from(leaving)).verdict()).toBe("V_STATE");
    expect(await new Liar(grant).born(domain).verdict()).toBe("V_STATE");
  });
});

describe("attributes", () => {
  test("change neither group nor usage, owner, type or extractability", async () => {
    const lies: Partial<KeyStateDocument>[] = [
      { group: "payments" },
      { usage: ["sign"] },
      { owner: { kind: "domain" } },
      { type: "opaque" },
      { extractable: true },
      { origin: "registered" },
      { state: "active" },
    ];
    for (const lie of lies) {
      const liar = new Liar(own("all", "get")).born().step("key.attributes", lie);
      expect(await liar.verdict(), JSON.stringify(lie)).toBe("V_STATE");
    }
  });

  test("plan an activation or an end by the grants of those steps", async () => {
    const plan = (...ops: Grant["ops"][number][]) => {
      const liar = new Liar(own("create", "attributes", ...ops)).born();
      return liar
        .step("key.attributes", liar.dated({ activation: liar.now + 9, deactivation: liar.now + 99 }))
        .verdict();
    };
    expect(await plan("activate", "revoke")).toBe("holds");
    expect(await plan("activate")).toBe("V_STATE");
    expect(await plan("revoke")).toBe("V_STATE");
  });
});

describe("a step that a date takes", () => {
  test("holds when the state named the date and it had come", async () => {
    const due = new Liar(own("create"));
    due.born(due.dated({ activation: due.now }));
    due.step("key.activate", due.to("active", { activated: due.now }), "date");
    expect(await due.verdict()).toBe("holds");
  });

  test("does not before its time, nor without a date", async () => {
    const early = new Liar(own("create"));
    early.born(early.dated({ activation: early.now + 3600 }));
    early.step("key.activate", early.to("active", { activated: early.now }), "date");
    expect(await early.verdict()).toBe("V_STATE");
    const never = new Liar(own("create")).born();
    never.step("key.activate", never.to("active", { activated: never.now }), "date");
    expect(await never.verdict()).toBe("V_STATE");
  });

  test("makes no date of its own, and the agent's account of a limit changes nothing", async () => {
    const liar = new Liar(own("create")).born();
    expect(await liar.step("key.attributes", {}, "date").verdict()).toBe("holds");
    expect(await liar.step("key.attributes", liar.dated({ activation: 1 }), "date").verdict()).toBe("V_STATE");
  });

  test("accounts for a limit up to the whole of it, and not for more, for none, or for what is no number", async () => {
    const limits = { unit: "object", total: 12 } as const;
    const accounts = (spent: CanonicalObject[string], of: Partial<KeyStateDocument> = { limits }) =>
      new Liar(own("create")).born(of).step("key.attributes", {}, "date", { spent }).verdict();
    expect([await accounts(0), await accounts(12)]).toEqual(["holds", "holds"]);
    const untrue = [await accounts(13), await accounts("1"), await accounts(1, { limits: undefined })];
    expect(untrue).toEqual(["V_STATE", "V_STATE", "V_STATE"]);
  });
});
