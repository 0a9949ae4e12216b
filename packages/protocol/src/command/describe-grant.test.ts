import { expect, test } from "vitest";
import { describeGrant } from "./describe-grant.ts";
import { GRANT_OPERATIONS, type Grant, type GrantOperation, grantPermits } from "./grant.ts";

const group = { kind: "group", id: "web" } as const;
const key = { kind: "key", id: `k_${"a".repeat(26)}` } as const;

test.each<[Grant["keys"], GrantOperation[], string]>([
  [group, ["decrypt", "encrypt"], "decrypt and encrypt with keys of group web"],
  [group, ["unwrap", "wrap"], "unwrap keys and wrap keys with keys of group web"],
  [
    group,
    ["create", "destroy", "encrypt", "locate"],
    "encrypt with keys of group web; destroy and list them; create keys in group web",
  ],
  [{ kind: "all" }, ["get", "import"], "take the material of every key out; import keys in every group"],
  [{ kind: "own" }, ["create", "sign"], "sign with keys it made itself; create keys in group default"],
  [key, ["derive", "mac"], `authenticate with key ${key.id}; derive keys from it`],
  [group, ["random"], "draw random bytes"],
  [group, ["all", "alias", "derive", "get", "import"], "do everything with keys of group web, but not wrap keys"],
  [group, ["alias", "all", "derive", "get", "import", "wrap"], "do everything with keys of group web"],
])("a grant on %j of %j is a plain sentence", (keys, ops, said) => {
  expect(describeGrant({ ops, keys })).toBe(said);
});

test("no two operations of a grant are told alike, and each that is added changes what is told", () => {
  for (const keys of [{ kind: "all" }, { kind: "own" }, group, key] as const) {
    const alone = GRANT_OPERATIONS.map((op) => describeGrant({ ops: [op], keys }));
    expect(new Set(alone).size).toBe(GRANT_OPERATIONS.length);
    for (const one of GRANT_OPERATIONS)
      for (const other of GRANT_OPERATIONS) {
        const isNew = one !== other && !grantPermits([one], other);
        const more = describeGrant({ ops: one === other ? [one] : [one, other], keys });
        expect(more !== describeGrant({ ops: [one], keys }), `${one} and ${other}`).toBe(isNew);
      }
  }
});
