import { livedLedger } from "@holdfast/testkit";
import { describe, expect, test } from "vitest";
import { CLIENT_FORMATS } from "../../../../agent/src/cli/client-formats.ts";
import {
  enrolRequest,
  formOf,
  grantOf,
  introductionError,
  type KeySource,
  OPERATIONS,
  operationsFor,
  operationsIn,
} from "./client-form.ts";
import { CLIENT_KINDS, speaksKmip } from "./client-kinds.ts";

describe("a new client of each kind", () => {
  test.each(CLIENT_KINDS.map((kind) => [kind.value, kind] as const))(
    "%s is one that a command can carry",
    (name, kind) => {
      const { command } = livedLedger().domain.propose(enrolRequest({ ...formOf(name), label: "db" }));
      expect(command).toMatchObject({ act: "client.enrol", args: { grants: [{ ops: kind.ops }] } });
      expect(speaksKmip([grantOf(formOf(name))])).toBe(kind.kmip);
    },
  );

  test("that makes its keys is about those alone, and no kind is given all", () => {
    for (const { value, ops } of CLIENT_KINDS) {
      if (ops.includes("create") || ops.includes("import"))
        expect(grantOf(formOf(value)).keys).toEqual({ kind: "own" });
      expect(ops).not.toContain("all");
      expect(ops).not.toContain("wrap");
    }
  });

  test("whose keys stay inside may not take them out", () => {
    expect(formOf("mongodb-delegated").ops).not.toContain("get");
    expect(formOf("rest").ops).not.toContain("get");
  });

  test("has the form of its files by the name that the agent's command line knows", () => {
    for (const { format } of CLIENT_KINDS) expect(Object.keys(CLIENT_FORMATS)).toContain(format ?? "pem");
  });

  test("begins as an application where the address names no kind", () => {
    expect(formOf(null)).toEqual(formOf("rest"));
    expect(formOf("__proto__").kind).toBe("rest");
  });
});

describe("a client with a key of its own", () => {
  const introduction = `intro:${"A".repeat(43)}`;
  const auth = (source: KeySource) => {
    const { command } = livedLedger().domain.propose(
      enrolRequest({ ...formOf(null), label: "db", source, introduction: ` ${introduction} ` }),
    );
    return command.act === "client.enrol" ? command.args.auth : null;
  };

  test("is asked for by what the key server calls it, whoever certifies it", () => {
    expect(auth("own-key")).toEqual({ kind: "own-key", key: introduction, validitySec: 90 * 86_400 });
    expect(auth("company")).toEqual({ kind: "company", key: introduction });
  });

  test("needs that name, in its form; one that the key server makes does not", () => {
    expect(introductionError({ source: "own-key", introduction: "" })).toMatch(/Paste/);
    for (const bad of [
      "intro:short",
      "A".repeat(43),
      `intro:${"A".repeat(42)}B`,
      "-----BEGIN CERTIFICATE REQUEST-----",
    ])
      expect(introductionError({ source: "company", introduction: bad })).toMatch(/begins with/);
    expect(introductionError({ source: "own-key", introduction })).toBeNull();
    expect(introductionError({ source: "issued", introduction: "" })).toBeNull();
  });
});

test("every operation of a kind has its box", () => {
  const boxes = OPERATIONS.flatMap(({ ops }) => ops.map(([op]) => op));
  for (const { ops } of CLIENT_KINDS) expect(boxes).toEqual(expect.arrayContaining([...ops]));
});

test("a key's uses say what its clients need, and an address grants nothing that has no box", () => {
  expect(operationsFor(["sign"])).toEqual(["locate", "sign"]);
  expect(operationsFor(["mac", "verifymac"])).toEqual(["locate", "mac"]);
  expect(operationsIn("sign,all,everything")).toEqual(["sign"]);
});
