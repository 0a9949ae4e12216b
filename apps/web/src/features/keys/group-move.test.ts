import type { Grant } from "@holdfast/protocol";
import { expect, test } from "vitest";
import { groupMove } from "./group-move.ts";

const KEY = { id: `k_${"a".repeat(26)}`, group: "default", ownerClient: "c_owner" };

function client(label: string, ...grants: Grant[]) {
  return { id: `c_${label}`, label, state: "active", permit: null as unknown, grants };
}

const onGroup = (id: string, ...ops: Grant["ops"][number][]): Grant => ({ ops, keys: { kind: "group", id } });
const on = (keys: Grant["keys"]): Grant => ({ ops: ["encrypt"], keys });

test("who has a grant on the one group or the other is named by what the move does to it, and nobody else", () => {
  const clients = [
    client("left", onGroup("default", "encrypt")),
    client("right", onGroup("payments", "encrypt")),
    client("both", onGroup("default", "encrypt"), onGroup("payments", "encrypt")),
    client("less", onGroup("default", "encrypt", "decrypt"), onGroup("payments", "decrypt")),
    client("every", on({ kind: "all" })),
    client("this", on({ kind: "key", id: KEY.id })),
    client("owner", on({ kind: "own" })),
    client("elsewhere", onGroup("other", "encrypt")),
  ];
  expect(groupMove(KEY, clients, "payments")).toEqual({ loses: ["left"], gains: ["right"], changes: ["less"] });
  expect(groupMove(KEY, clients, "default")).toEqual({ loses: [], gains: [], changes: [] });
});

test("a withdrawn client and an enrolment secret lose nothing and gain nothing", () => {
  const held = client("left", onGroup("default", "encrypt"));
  const clients = [
    { ...held, state: "revoked" },
    { ...held, permit: {} },
  ];
  expect(groupMove(KEY, clients, "payments")).toEqual({ loses: [], gains: [], changes: [] });
});
