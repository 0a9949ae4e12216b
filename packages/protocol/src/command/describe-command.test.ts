import { SoftwareDomain } from "@holdfast/testkit";
import { describe, expect, test } from "vitest";
import type { NewKey } from "./command-args.ts";
import { descriptionParts } from "./command-description.ts";
import { describeCommand } from "./describe-command.ts";
import type { Grant } from "./grant.ts";

const domain = SoftwareDomain.found({ seed: "describe" });
const target = { kind: "key", keyId: `k_${domain.tid}`, label: "Orders", group: "default" } as const;
const KEY: NewKey = {
  label: "Orders",
  algorithm: "AES-256",
  usage: ["encrypt", "decrypt"],
  group: "default",
  extractable: false,
};
const create = (...items: NewKey[]) => describeCommand(domain.propose({ act: "key.create", args: { items } }).command);

describe("a command in plain words", () => {
  test("names a new key, what it is for and that it stays", () => {
    const { title, danger, lines } = create(KEY);
    expect(title).toBe("Create key Orders");
    expect(danger).toBe(false);
    expect(lines).toEqual([
      "Orders: AES-256 to encrypt and decrypt, in group default. It never leaves the key server.",
    ]);
  });

  test("says it of a key that may leave, and how often it is due", () => {
    const [line] = create({ ...KEY, extractable: true, cryptoperiodSec: 90 * 86_400, alias: "alias/o" }).lines;
    expect(line).toContain("also called alias/o");
    expect(line).toContain("It may leave the key server to clients that are granted that.");
    expect(line).toContain("every 90 days");
  });

  test("names every key of many, those that may leave first, wherever the proposer put them", () => {
    const many = Array.from({ length: 1000 }, (_, index) => ({
      ...KEY,
      label: `K${index}`,
      extractable: index === 998,
    }));
    const { title, lines } = create(...many);
    expect(title).toBe("Create 1000 keys");
    expect(lines).toHaveLength(1000);
    expect(lines[0]).toMatch(/^K998: .* It may leave the key server/);
    for (const { label } of many) expect(lines.filter((line) => line.startsWith(`${label}: `))).toHaveLength(1);
  });

  test("shows things one by one as a list, every line once and in its order, whatever they are called", () => {
    const keys = ["", "a: b", "a", "a: b"].map((label) => ({ ...KEY, label: `${label}.` }));
    const plain = create(...keys);
    const [items, ...others] = descriptionParts(plain);
    expect(others).toEqual([]);
    const shown = typeof items === "string" ? [] : (items ?? []);
    expect(shown.map(({ name, rest }) => name + rest)).toEqual(plain.lines);
    expect(shown.map(({ name }) => name)).toEqual([".", "a.", "a: b.", "a: b."]);
    expect(descriptionParts(create(KEY))).toEqual(create(KEY).lines);
    const lying = { lines: ["one", "two"], listed: { from: 1, names: ["x", "y"] } };
    expect(descriptionParts(lying)).toEqual(["one", [{ place: 0, name: "", rest: "two" }]]);
  });

  test("shows of automatic backups where they go, as whom, and which servers alone are talked to", () => {
    const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
    const policy = {
      ...{ intervalSec: 86_400, keep: { last: 7, days: 0 } },
      destinations: [
        { kind: "directory", name: "here", path: "/var/backups" },
        {
          ...{ kind: "sftp", name: "offsite", host: "store.example", port: 2222, user: "keeper", path: "/in" },
          ...{ hostKey, identity: "/etc/holdfast/id" },
        },
        {
          ...{ kind: "s3", name: "cloud", endpoint: "https://s3.example", region: "eu-1", bucket: "kept" },
          ...{ prefix: "hf/", credentials: "/etc/holdfast/s3", ca: "/etc/holdfast/ca.pem", lockDays: 30 },
        },
      ],
    };
    const { command } = domain.propose({ act: "backup.policy", args: { policy } as never });
    // The fingerprint as `ssh-keygen -lf` prints it for GitHub's published key.
    expect(describeCommand(command).lines.slice(1, 4)).toEqual([
      "here: the folder /var/backups on the key server's host.",
      "offsite: /in on store.example, port 2222, by SFTP, as the user keeper with the private key /etc/holdfast/id, only to the server whose ssh-ed25519 key is SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU.",
      "cloud: bucket kept, names beginning with hf/, at https://s3.example, region eu-1, locked there for 30 days, with the access key in /etc/holdfast/s3, trusting the authority in /etc/holdfast/ca.pem.",
    ]);
  });

  test("says of a key pair that it is one, and of every use what it is", () => {
    const usage = ["sign", "verify", "certsign"] as const;
    const { lines } = create({ ...KEY, algorithm: "EC-P256", usage, cryptoperiodSec: 365 * 86_400 });
    expect(lines[0]).toBe(
      "Orders: EC-P256 key pair to sign, verify and sign certificates, in group default. Its private key never leaves the key server. Another pair is due after 365 days.",
    );
  });

  test("warns of another group, and says who gets and who loses the key", () => {
    const { command } = domain.propose({ act: "key.group", args: { group: "payments" }, target });
    const { title, danger, lines } = describeCommand(command, { target: { usedBy: [{ label: "Shop" }] } });
    expect({ title, danger }).toEqual({ title: "Move Orders to group payments", danger: true });
    expect(lines[0]).toContain(
      "grant on group payments can use it from now on; those with a grant on group default no",
    );
    expect(lines[1]).toBe("In the last 30 days one client used it: Shop.");
  });

  test("that takes a clock as right shows what that clock said, for a person to compare", () => {
    const { command } = domain.propose({ act: "clock.accept", args: { aid: domain.agent.aid } });
    const said = new Date(command.issued * 1000).toISOString().slice(0, 16).replace("T", " ");
    expect(describeCommand(command).lines.join(" ")).toContain(`its clock said ${said} UTC`);
  });

  test("says how many entries a loss gives up, what follows, and when it is right", () => {
    const [one, other] = ["E", "I"].map((each, at) => ({ size: 14 + 6 * at, root: each.repeat(43) }));
    const args = { size: 12, root: "A".repeat(43), lost: [one, other] as never, found: "A".repeat(22) };
    const { title, danger, lines } = describeCommand(domain.propose({ act: "log.acceptLoss", args }).command);
    expect({ title, danger }).toEqual({ title: "Give up 8 lost log entries", danger: true });
    expect(lines.join(" ")).toMatch(/holds 12 entries and has signed 20.*2 signed heads.*do it again.*gone for good/);
  });

  test("warns of old algorithms by what they are, and not of taking them all away", () => {
    const allow = (...algorithms: ("3DES" | "ECB")[]) =>
      describeCommand(domain.propose({ act: "crypto.allow", args: { algorithms } }).command);
    expect(allow("3DES", "ECB")).toMatchObject({ title: "Allow old algorithms", danger: true });
    expect(allow("3DES", "ECB").lines[0]).toContain("3DES; ECB mode, which shows repetitions");
    expect(allow().danger).toBe(false);
  });

  test("does not say of a suspended key that retiring or exposing it opens anything", () => {
    for (const act of ["key.deactivate", "key.compromise"] as const) {
      const { command } = domain.propose({ act, args: {}, target });
      const said = (state: string) => describeCommand(command, { target: { state } }).lines.join(" ");
      expect(said("suspended")).toContain("opens nothing until it is resumed");
      expect(said("suspended")).not.toContain("still opens");
      expect(said("active")).not.toContain("resumed");
    }
  });

  test("says of periods and schedules what comes about by itself, and that nobody is asked again", () => {
    const [line] = create({ ...KEY, originatorSec: 730 * 86_400, recipientSec: 1825 * 86_400 }).lines;
    expect(line).toContain("protects nothing new after 730 days. It opens nothing any more after 1825 days.");
    const at = Date.UTC(2027, 0, 31, 3) / 1000;
    const planned = create({
      ...KEY,
      activation: at,
      protectStop: at + 60,
      deactivation: at + 120,
      limit: { unit: "byte", total: 5_000_000 },
    }).lines.join("\n");
    for (const said of [
      "active on 2027-01-31 03:00 UTC",
      "nothing new from 2027-01-31 03:01",
      "retired by itself on 2027-01-31 03:02",
      "protects 5\u00a0000\u00a0000 bytes in all",
    ])
      expect(planned).toContain(said);
    const set = (args: object) =>
      describeCommand(domain.propose({ act: "schedule.set", args: args as never, target }).command);
    const { title, lines, danger } = set({ does: "rotate", everySec: 30 * 86_400 });
    expect([title, danger]).toEqual(["Rotate Orders every 30 days", false]);
    expect(lines.at(-1)).toContain("alone, without another approval");
    const retire = set({ does: "deactivate", everySec: 86_400, unusedSec: 90 * 86_400 });
    expect(retire.danger).toBe(true);
    expect(retire.lines[0]).toContain("if nobody used it for 90 days");
  });

  test("names who would miss what it takes away", () => {
    const { command } = domain.propose({ act: "key.destroy", args: {}, target });
    const usedBy = ["Shop", "Billing"].map((label) => ({ label }));
    const { title, danger, lines } = describeCommand(command, { target: { versions: 3, usedBy } });
    expect(title).toBe("Destroy Orders, all 3 versions");
    expect(danger).toBe(true);
    expect(lines.at(-1)).toBe("In the last 30 days 2 clients used it: Shop and Billing.");
  });

  test.each(["key.suspend", "key.deactivate", "key.compromise", "key.destroy"] as const)("warns of %s", (act) => {
    expect(describeCommand(domain.propose({ act, args: {}, target }).command).danger).toBe(true);
  });

  test.each(["key.activate", "key.rotate", "key.resume"] as const)("does not warn of %s", (act) => {
    expect(describeCommand(domain.propose({ act, args: {}, target }).command).danger).toBe(false);
  });

  test("says what a client may do, with which keys and for how long", () => {
    const { command } = domain.propose({
      act: "client.enrol",
      args: {
        label: "Shop",
        auth: { kind: "issued", validitySec: 90 * 86_400 },
        grants: [
          { ops: ["encrypt"], keys: { kind: "group", id: "default" } },
          { ops: ["all"], keys: { kind: "own" } },
        ],
        notAfter: domain.clock.now() + 86_400,
      },
    });
    expect(describeCommand(command).lines).toEqual([
      "It may encrypt with keys of group default.",
      "It may do everything with keys it made itself, but not take material out, wrap keys, derive keys, import keys or move aliases.",
      "Its certificate is issued by the key server, is handed out once, and is good for 1 day.",
    ]);
  });

  test("says what a client may do from now on, what no longer, and what as before", () => {
    const on = (...ops: Grant["ops"][number][]): Grant => ({ ops, keys: { kind: "group", id: "default" } });
    const { command } = domain.propose({
      act: "client.update",
      target: { kind: "client", client: `c_${"a".repeat(26)}`, label: "Shop" },
      args: { grants: [on("encrypt"), on("decrypt")] },
    });
    const known = { grants: [on("encrypt"), on("get")] };
    expect(describeCommand(command, { target: known }).lines.slice(0, 3)).toEqual([
      "From now on it may decrypt with keys of group default.",
      "It may no longer take the material of keys of group default out.",
      "As before it may encrypt with keys of group default.",
    ]);
    expect(describeCommand(command)).toMatchObject({ title: "Change what Shop may do", danger: true });
  });
});

describe("an enrolment secret in plain words", () => {
  const args = {
    ...{ label: "web", ops: ["decrypt" as const], group: "web", most: 20, networks: ["10.0.0.0/8", "192.0.2.0/24"] },
    ...{ validitySec: 43_200, renewable: false, until: domain.clock.now() + 86_400 },
  };

  test("says how many, from where, until when, for what and for how long, before anybody approves", () => {
    const { title, danger, lines } = describeCommand(domain.propose({ act: "client.permit", args }).command);
    expect([title, danger]).toEqual(["Let up to 20 clients enrol by themselves: web", true]);
    const text = lines.join(" ");
    for (const part of [
      "from 10.0.0.0/8 and 192.0.2.0/24 only",
      "Nobody approves them one by one",
      "Each may decrypt with keys of group web.",
      "good for 12 hours and cannot be renewed",
      "Until 2027-01-16 08:00 UTC",
    ])
      expect(text).toContain(part);
  });

  test("says that clients may renew, and of a withdrawal that everybody goes who came by it", () => {
    const renewable = domain.propose({ act: "client.permit", args: { ...args, renewable: true } }).command;
    expect(describeCommand(renewable).lines.join(" ")).toContain("its client may renew it");
    const client = { kind: "client", client: `c_${domain.tid}`, label: "web" } as const;
    const all = domain.propose({ act: "client.revoke", target: client, args: { issued: true } }).command;
    expect(describeCommand(all).lines[0]).toContain("every client that came by it stops working at once");
  });
});

describe("names and settings in plain words", () => {
  const lines = (act: "key.label" | "domain.set", args: object) =>
    describeCommand(domain.propose({ act, args, ...(act === "key.label" ? { target } : {}) } as never).command);

  test("say who an alias finds and who loses it", () => {
    expect(lines("key.label", { label: "Orders", alias: "alias/o" }).lines).toEqual([
      "Who names alias/o in group default uses this key from now on. An alias that it had before finds it no more.",
    ]);
    const taken = lines("key.label", { label: "Old orders", unalias: true });
    expect(taken.danger).toBe(true);
    expect(taken.lines[1]).toContain("It is called Old orders from now on");
  });

  test("say all that one command sets", () => {
    const { title, danger, lines: said } = lines("domain.set", { ackNewKey: "local", share: "names" });
    expect([title, danger]).toEqual(["Change settings", true]);
    expect(said).toContain("Show names to the dashboard.");
    expect(lines("domain.set", { share: "hashes" }).title).toBe("Keep names from the dashboard");
  });
});
