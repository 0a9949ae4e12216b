import { createHash } from "node:crypto";
import { SoftwareDomain, SoftwareMaker } from "@holdfast/testkit";
import { describe, expect, test } from "vitest";
import { decodeBase64url, encodeBase64url } from "../encoding/base64url.ts";
import { describeRosterChange } from "./describe-roster-change.ts";
import { draftRoster, type RosterChange } from "./draft-roster.ts";
import type { Roster } from "./roster.ts";

const domain = SoftwareDomain.found({ seed: "described trust" });
const { roster } = domain;
const [kelp, reef] = ["kelp", "reef"].map((name) => new SoftwareMaker(name)) as [SoftwareMaker, SoftwareMaker];
const told = (old: Roster, next: Roster) => {
  const { lines, danger, title } = describeRosterChange(old, next);
  return { title, danger, lines: lines.map(({ kind, text, danger: is }) => `${is ? "!" : ""}${kind}: ${text}`) };
};
const change = (what: RosterChange) => {
  const { tid, hash } = domain;
  return told(roster, draftRoster({ tid, hash, roster }, what, domain.clock.now()));
};

/** As openssl prints it, its first half, in groups of four. */
const mark = (bytes: Uint8Array) =>
  (createHash("sha256").update(bytes).digest("hex").toUpperCase().slice(0, 32).match(/.{4}/g) ?? []).join(" ");
const rootOf = (name: string, { root }: SoftwareMaker) => `“${name} root” (SHA-256 ${mark(root)}…)`;
const modelOf = ({ aaguid }: SoftwareMaker) =>
  Buffer.from(aaguid)
    .toString("hex")
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

describe("whose passkeys and machines are believed, in words", () => {
  test("a maker and a model in the place of others are both named with what they replace, and marked as danger", () => {
    const { title, danger, lines } = told({ ...roster, attn: kelp.allowed }, { ...roster, attn: reef.allowed });
    expect(title).toBe("Change which passkeys are taken");
    expect(danger).toBe(true);
    expect(lines).toEqual([
      `!added: Passkeys of the maker ${rootOf("reef", reef)} are taken from now on.`,
      `removed: Passkeys of the maker ${rootOf("kelp", kelp)} are taken no more.`,
      `!added: Of these makers the model ${modelOf(reef)} is taken from now on.`,
      `removed: The model ${modelOf(kelp)} is taken no more.`,
    ]);
  });

  test("makers asked for at first, more of them, any model, and any passkey again say what is new to be believed", () => {
    const first = change({ attn: kelp.allowed });
    expect(first.lines).toEqual([
      `changed: New passkeys are taken only of the maker ${rootOf("kelp", kelp)}, and only of the model ${modelOf(kelp)}. Before, any was.`,
    ]);
    expect(first.danger).toBe(false);
    const both = { ...kelp.allowed, roots: [...kelp.allowed.roots, ...reef.allowed.roots] };
    const more = told({ ...roster, attn: kelp.allowed }, { ...roster, attn: both });
    expect([more.danger, more.lines]).toEqual([
      true,
      [`!added: Passkeys of the maker ${rootOf("reef", reef)} are taken from now on.`],
    ]);
    const any = told({ ...roster, attn: kelp.allowed }, { ...roster, attn: { ...kelp.allowed, aaguidAllow: [] } });
    expect([any.danger, any.lines]).toEqual([
      true,
      [`!changed: Any model of these makers is taken from now on, before only ${modelOf(kelp)}.`],
    ]);
    const none = told({ ...roster, attn: kelp.allowed }, roster);
    expect([none.danger, none.lines]).toEqual([
      true,
      [
        `!changed: Any passkey is taken from now on. Before, only those of the maker ${rootOf("kelp", kelp)}, of the model ${modelOf(kelp)}.`,
      ],
    ]);
  });

  test("a maker of machines in the place of another is named with it, and marked as danger", () => {
    const [old, next] = [kelp, reef].map(({ root }) => ({ roots: [encodeBase64url(root)] }));
    const swapped = told({ ...roster, evidence: old }, { ...roster, evidence: next });
    expect(swapped.title).toBe("Change which machines are believed");
    expect([swapped.danger, swapped.lines]).toEqual([
      true,
      [
        `!added: The word of machines of the maker ${rootOf("reef", reef)} is believed from now on.`,
        `removed: The word of machines of the maker ${rootOf("kelp", kelp)} is believed no more.`,
      ],
    ]);
    const none = told({ ...roster, evidence: old }, roster);
    expect([none.danger, none.lines[0]]).toEqual([
      true,
      `!changed: Key servers are taken without their machine's word. Before, only with the word of a machine of the maker ${rootOf("kelp", kelp)}.`,
    ]);
    expect(change({ evidence: next ?? null }).danger).toBe(false);
  });

  test("a maker's name is shown without what a reader cannot see, and shortened", () => {
    const odd = new SoftwareMaker(`‮tpyrc ${"a".repeat(90)}`);
    const [line] = change({ attn: odd.allowed }).lines;
    expect(line).toContain(`the maker “tpyrc ${"a".repeat(54)}…” (SHA-256 ${mark(odd.root)}…)`);
  });
});

describe("whose keys the list names, in words", () => {
  test("a witness by its key, also where its name stays", () => {
    const witness = (key: string) => ({ name: "w.example", vkey: `w.example+0a1b2c3d+${key}` });
    const at = (key: string) => ({ ...roster, witnesses: [witness(key)] });
    expect(told(at("AAAA"), at("BBBB"))).toMatchObject({
      danger: true,
      title: "Change who witnesses the log",
      lines: [
        "!added: “w.example” becomes a witness of the log, with the key w.example+0a1b2c3d+BBBB.",
        "removed: “w.example” is no witness any more, with the key w.example+0a1b2c3d+AAAA.",
      ],
    });
  });

  test("a key server by each key that is another one, with the one before", () => {
    const [agent] = roster.agents;
    if (agent === undefined) throw new RangeError("A domain has a key server.");
    const other = { ...agent, alk: `${agent.alk.slice(0, -3)}AAA`, hpke: `${agent.hpke.slice(0, -3)}AAA` };
    const shown = (text: string) => mark(decodeBase64url(text));
    const { danger, lines } = told(roster, { ...roster, agents: [{ ...other, label: "keys-9" }] });
    expect(danger).toBe(true);
    expect(lines).toEqual([
      `changed: “${agent.label}” (${agent.aid}) is called “keys-9” from now on.`,
      `!changed: “keys-9” (${agent.aid}) signs the log with another key: SHA-256 ${shown(other.alk)}…, before ${shown(agent.alk)}….`,
      `!changed: “keys-9” (${agent.aid}) receives the root key with another key: SHA-256 ${shown(other.hpke)}…, before ${shown(agent.hpke)}….`,
    ]);
  });

  test("the key that opens backups, with the one before", () => {
    const pub = roster.agents[0]?.hpke ?? "";
    const { danger, lines } = told(roster, { ...roster, backupTo: { ...roster.backupTo, pub } });
    expect([danger, lines]).toEqual([
      true,
      [
        `!changed: Backups are made for another key: SHA-256 ${mark(decodeBase64url(pub))}…, before ${mark(decodeBase64url(roster.backupTo.pub))}…. Whoever has it opens them.`,
      ],
    ]);
  });
});

describe("passkeys that change hands, in words", () => {
  const people = SoftwareDomain.found({ seed: "described hands", administrators: 2 }).roster;
  const [ada, eve] = people.admins as [Roster["admins"][number], Roster["admins"][number]];
  const [own] = ada.creds;
  if (own === undefined) throw new RangeError("An administrator has a passkey.");

  test("a passkey that goes from one person to another is told of both, and marked as danger", () => {
    const moved = [
      { ...ada, creds: ada.creds.slice(1) },
      { ...eve, creds: [...eve.creds, own] },
    ];
    const { danger, lines } = told(people, { ...people, admins: moved });
    expect(danger).toBe(true);
    expect(lines[0]).toContain(`removed: “${ada.label}” loses 1 passkey`);
    expect(lines[1]).toBe(
      `!added: “${eve.label}” gets 1 passkey for https://keys.example.com that was “${ada.label}”’s.`,
    );
    const newcomer = { ...eve, adm: "a".repeat(26), label: "Mallory", creds: [own] };
    expect(told(people, { ...people, admins: [eve, newcomer] }).lines).toContainEqual(
      `!added: “Mallory” becomes an administrator with 1 passkey for https://keys.example.com, of which 1 was “${ada.label}”’s.`,
    );
  });

  test("a passkey that keeps its id and gets another key is told, and marked as danger", () => {
    const forged = [{ ...ada, creds: [{ ...own, cose: eve.creds[0]?.cose ?? "" }, ...ada.creds.slice(1)] }, eve];
    const { danger, lines } = told(people, { ...people, admins: forged });
    expect(danger).toBe(true);
    expect(lines).toEqual([`!changed: A passkey of “${ada.label}” keeps its id and becomes another one.`]);
  });
});
