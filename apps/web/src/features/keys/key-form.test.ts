import { usagesOf } from "@holdfast/crypto";
import { isKeyPairAlgorithm } from "@holdfast/protocol";
import { livedLedger } from "@holdfast/testkit";
import { describe, expect, test } from "vitest";
import { createRequest, EMPTY_KEY, type KeyForm, keyFormError } from "./key-form.ts";
import { advisedFor, originatorOptions, recipientOptions } from "./key-form-periods.ts";
import { planError, utcText } from "./key-form-plan.ts";
import { KEY_PURPOSES, PURPOSES, type Purpose, usageFor } from "./key-purposes.ts";

const form = { ...EMPTY_KEY, label: "orders-db" };

describe("the form of a new key", () => {
  test("is right with a name and the usual", () => {
    expect(Object.values(keyFormError(form)).filter(Boolean)).toEqual([]);
    expect(createRequest(form)).toMatchObject({ act: "key.create", args: { items: [{ label: "orders-db" }] } });
  });

  test.each(["label", "reason"] as const)("says at the field that its %s holds what nobody can see", (field) => {
    expect(keyFormError({ ...form, [field]: "a\u200bb" })[field]).toMatch(/nobody can see/);
  });

  test.each(["alias/orders", ` k_${"a".repeat(26)} `])(
    "says at the field that the name %j would be another key's",
    (label) => {
      expect(keyFormError({ ...form, label }).label).toMatch(/another key's/);
      expect(keyFormError({ ...form, label: `the ${label}` }).label).toBeNull();
    },
  );

  test("says of what is too long that it is, not that its form is wrong", () => {
    expect(keyFormError({ ...form, group: "g".repeat(64) }).group).toBe("At most 63 characters.");
    expect(keyFormError({ ...form, alias: `alias/${"a".repeat(201)}` }).alias).toBe(
      "At most 200 characters after alias/.",
    );
    expect(keyFormError({ ...form, group: "g".repeat(63), alias: `alias/${"a".repeat(200)}` })).toMatchObject({
      group: null,
      alias: null,
    });
  });
});

describe("a key's periods and place", () => {
  test("are asked of the key server as they were chosen, and not at all where nothing ends", () => {
    const [item] = argsOf(form);
    expect(item).not.toHaveProperty("originatorSec");
    expect(item).not.toHaveProperty("store");
    const years = (count: number) => String(count * 365 * 86_400);
    const chosen = { ...form, originator: years(2), recipient: years(5), store: "hsm" } as const;
    expect(argsOf(chosen)).toMatchObject([
      { originatorSec: Number(years(2)), recipientSec: Number(years(5)), store: "hsm", extractable: false },
    ]);
    livedLedger().domain.propose(createRequest(chosen));
  });

  test("are refused where they contradict each other, and not where one ends with the other", () => {
    const days = (count: number) => String(count * 86_400);
    const wrong = (period: string, originator: string, recipient: string) =>
      keyFormError({ ...form, period, originator, recipient }).periods;
    expect(wrong(days(365), days(90), "")).toMatch(/remind after it has stopped protecting/);
    expect(wrong("", days(90), days(89))).toMatch(/opens at least as long as it protects/);
    expect(wrong("", "", days(90))).toMatch(/opens at least as long as it protects/);
    expect(wrong(days(90), days(90), days(90))).toBeNull();
    expect(wrong(days(365), "", "")).toBeNull();
    expect(wrong("", days(90), "")).toBeNull();
  });

  test("offer what SP 800-57 advises for that kind of key, and no opening that is shorter than protecting", () => {
    const advised = advisedFor(form);
    expect(originatorOptions(advised).filter(([, text]) => text.includes("SP 800-57"))).toHaveLength(1);
    const [shortest] = recipientOptions(advised, String(730 * 86_400)).slice(1);
    expect(Number(shortest?.[0])).toBe(730 * 86_400);
    const wrapping = advisedFor({ ...form, purpose: "sign", algorithm: "EC-P256" });
    expect(originatorOptions(wrapping).find(([, text]) => text.includes("SP 800-57"))?.[1]).toMatch(/^3 years/);
  });
});

describe("what is planned for a key", () => {
  const at = (text: string) => Date.parse(`${text}Z`) / 1000;
  const now = at("2027-01-01T00:00");
  const local = (seconds: number) => {
    const offset = new Date(seconds * 1000).getTimezoneOffset() * 60;
    return new Date((seconds - offset) * 1000).toISOString().slice(0, 16);
  };
  const wrong = (plan: Partial<KeyForm>) =>
    Object.entries(planError({ ...form, ...plan }, now)).filter(([, error]) => error !== null);

  test("is asked of the key server as the command line asks it, by this device's clock; nothing where nothing is", () => {
    const [activation, protectStop, deactivation] = ["2027-01-31T03:00", "2027-06-30T12:30", "2028-01-01T00:00"].map(
      at,
    );
    const chosen = { ...form, limit: "5 000 000", limitUnit: "byte" } as const;
    const dates = { activation, protectStop, deactivation };
    const typed = Object.fromEntries(Object.entries(dates).map(([name, time]) => [name, local(time ?? 0)]));
    const request = createRequest({ ...chosen, ...typed });
    expect(argsOf({ ...chosen, ...typed })).toMatchObject([{ ...dates, limit: { unit: "byte", total: 5_000_000 } }]);
    expect(livedLedger().domain.propose(request).command).toMatchObject({ act: "key.create" });
    for (const name of [...Object.keys(dates), "limit"]) expect(argsOf(form)[0]).not.toHaveProperty(name);
    expect(utcText(activation ?? 0)).toBe("2027-01-31 03:00 UTC");
  });

  test.each<[string, Partial<Record<"activation" | "protectStop" | "deactivation", string>>, string[]]>([
    ["a stop that is over", { protectStop: "2027-01-01T00:00" }, ["protectStop"]],
    ["an end that is over", { deactivation: "2026-12-31T23:59" }, ["deactivation"]],
    ["a stop as it begins", { activation: "2027-02-01T00:00", protectStop: "2027-02-01T00:00" }, ["protectStop"]],
    ["an end as it begins", { activation: "2027-02-01T00:00", deactivation: "2027-02-01T00:00" }, ["deactivation"]],
    ["a stop after the end", { protectStop: "2027-02-01T00:01", deactivation: "2027-02-01T00:00" }, ["protectStop"]],
    ["a stop as it ends", { protectStop: "2027-02-01T00:00", deactivation: "2027-02-01T00:00" }, []],
    ["a beginning that is over", { activation: "2026-01-01T00:00" }, ["activation"]],
  ])("names the field of %s, as the key server would refuse it", (_, dates, fields) => {
    const typed = Object.fromEntries(Object.entries(dates).map(([name, text]) => [name, local(at(text))]));
    expect(wrong(typed).map(([field]) => field)).toEqual(fields);
  });

  test.each(["0", "-1", "1.5", "many", "1e6", "1".repeat(16)])("has no limit of %s", (limit) => {
    expect(wrong({ limit }).map(([field]) => field)).toEqual(["limit"]);
  });
});

function argsOf(from: KeyForm) {
  const { act, args } = createRequest(from);
  return act === "key.create" ? args.items : [];
}

const CHOICES = PURPOSES.flatMap(({ value }) =>
  KEY_PURPOSES[value].algorithms.map(([algorithm]) => [value, algorithm] as const),
);

describe("a key for a purpose", () => {
  test.each(CHOICES)(
    "to %s, of %s, is one that a command carries and whose algorithm does what it says",
    (purpose, algorithm) => {
      const { command } = livedLedger().domain.propose(createRequest({ ...form, purpose, algorithm }));
      const usage = usageFor(purpose, algorithm);
      expect(command.act === "key.create" && command.args.items).toMatchObject([{ algorithm }]);
      const types = isKeyPairAlgorithm(algorithm)
        ? (["private-key", "public-key"] as const)
        : (["symmetric-key"] as const);
      expect(types.flatMap((type) => usagesOf(algorithm, type))).toEqual(expect.arrayContaining([...usage]));
    },
  );

  test.each(["encrypt", "sign", "wrap", "mac", "agree"] satisfies Purpose[])(
    "to %s has one that is recommended, the first",
    (purpose) => {
      const said = KEY_PURPOSES[purpose].algorithms.map(([, text]) => text.startsWith("recommended"));
      expect(said).toEqual(said.map((_, index) => index === 0));
    },
  );
});
