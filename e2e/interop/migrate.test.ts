import { readFileSync } from "node:fs";
import { ENUM } from "@holdfast/kmip";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MoveReport, ObjectReport } from "../../apps/agent/src/migrate/migrate.ts";
import { type EnrolledClient, KmipAgent } from "./support/kmip-agent.ts";
import { idOf, KmipTalk } from "./support/kmip-talk.ts";
import {
  type ClientFiles,
  PYKMIP,
  type PykmipServer,
  play,
  type Seen,
  sampleMaterial,
  startPykmipServer,
} from "./support/pykmip.ts";
import { bytesOf, createAes, custom, nameOf, numbered, registerAes, retire, valueIn } from "./support/requests.ts";

const MOVER = "all,get,import,alias on group:moved";

/** Words of a move from a server, as a client there, to an agent, as a client here. */
function moveWords(from: { url: string; files: ClientFiles }, to: EnrolledClient): string[] {
  const { cert, key, ca } = from.files;
  return ["migrate", "--from", from.url, "--cert", cert, "--key", key, "--ca", ca, "--to-cert", to.folder];
}

const planOf = ({ stdout }: { readonly stdout: string }) => JSON.parse(stdout) as MoveReport;
const byId = (report: MoveReport, id: string) => report.objects.find((each) => each.id === id) as ObjectReport;

describe.skipIf(PYKMIP === undefined)("a move from PyKMIP's own server", () => {
  let server: PykmipServer;
  let agent: KmipAgent;
  let app: EnrolledClient;
  let kept: Record<string, string>;
  let before: Record<string, Seen>;
  let words: string[];
  beforeAll(async () => {
    server = await startPykmipServer();
    agent = await KmipAgent.start();
    app = await agent.enrol("app", MOVER);
    const material = sampleMaterial(readFileSync(server.client.cert, "utf8"));
    const clients = { app: server.client };
    before = await play({ scene: "keep", version: "1.2", port: server.port, clients, given: { material } });
    kept = before["kept"]?.value as Record<string, string>;
    words = moveWords({ url: `kmip://127.0.0.1:${server.port}`, files: server.client }, app);
  });
  afterAll(async () => {
    await agent?.close();
    await server?.close();
  });

  it("is only planned without --apply: nothing arrives", async () => {
    const { json } = await agent.run(...words);
    const plan = json as MoveReport;
    expect(plan).toMatchObject({ applied: false, version: "1.4", counts: { moves: 11, moved: 0, here: 0, stays: 0 } });
    const talk = await KmipTalk.open(agent.url, app, "1.4");
    expect((await talk.ask("Locate", {})).uniqueIdentifier ?? []).toEqual([]);
    talk.close();
  });

  it("moves every object that is left, of every type and state, and compares what arrived", async () => {
    const report = (await agent.run(...words, "--apply")).json as MoveReport;
    expect(report.objects.filter(({ outcome }) => outcome !== "moved")).toEqual([]);
    expect(report.counts).toMatchObject({ moved: 11, failed: 0 });
    for (const kind of ["SymmetricKey", "active", "pre-active", "deactivated", "compromised"])
      expect(byId(report, kept[kind] as string), kind).toMatchObject({ same: true });
  });

  it("tells PyKMIP's client, by the identifiers that it stored, the same bytes, types, names and states", async () => {
    const given = { kept, data: before["data"]?.value };
    const after = await play({ scene: "reopen", version: "1.2", port: agent.port, clients: { app: app.files }, given });
    for (const kind of Object.keys(kept).filter((each) => each !== "destroyed")) {
      expect(after[`get ${kind}`], kind).toEqual(before[`get ${kind}`]);
      const [was, is] = [before[`attributes of ${kind}`]?.value, after[`attributes of ${kind}`]?.value];
      for (const name of ["Name", "Object Type", "State", "Cryptographic Usage Mask", "Cryptographic Length"])
        if (was?.[name] !== undefined) expect(is?.[name], `${name} of ${kind}`).toEqual(was?.[name]);
      expect(is?.["Unique Identifier"], kind).toEqual([kept[kind]]);
    }
    expect(after["get destroyed"]).toMatchObject({ ok: false });
    expect(after["decrypt active"]).toMatchObject({ ok: true, value: before["decrypt active"]?.value });
    expect(after["decrypt deactivated"]).toMatchObject({ ok: true });
    expect(after["encrypt with the active key"]).toMatchObject({ ok: true });
    expect(after["encrypt with the retired key"]).toMatchObject({ ok: false });
    expect(after["locate active key"]).toEqual({ ok: true, value: [kept["active"]] });
  });

  it("finds everything here when it is run again, and changes nothing", async () => {
    const report = (await agent.run(...words, "--apply")).json as MoveReport;
    expect(report.counts).toMatchObject({ moved: 0, here: 11, failed: 0 });
  });

  it("says in words what happened, when a person reads it", async () => {
    const [ready, ...rest] = words;
    const { stdout } = await agent.line.spawn("script", [
      ...["-qec", [process.execPath, agent.program, ready, ...rest].join(" "), "/dev/null"],
    ]);
    expect(stdout).toContain("11 are here already");
    expect(stdout).toContain("active key");
  });
});

describe("a move between two agents", () => {
  let [old, fresh]: [KmipAgent, KmipAgent] = [undefined as never, undefined as never];
  let was: EnrolledClient;
  beforeAll(async () => {
    [old, fresh] = [await KmipAgent.start(), await KmipAgent.start()];
    was = await old.enrol("app", "all,get,import,alias on group:default");
  });
  afterAll(async () => {
    await old?.close();
    await fresh?.close();
  });

  const from = () => ({ url: old.url, files: was.files });
  const talking = async <T>(agent: KmipAgent, client: EnrolledClient, work: (talk: KmipTalk) => Promise<T>) => {
    const talk = await KmipTalk.open(agent.url, client, "1.4");
    try {
      return await work(talk);
    } finally {
      talk.close();
    }
  };

  it("brings attributes of the client's own, dates and the day of creation along, under the old identifier", async () => {
    const is = await fresh.enrol("app", MOVER);
    const [id, got, told] = await talking(old, was, async (talk) => {
      const made = idOf(
        await talk.ask(
          "Create",
          createAes(256, nameOf("cluster"), custom("Product", "vSphere"), {
            name: "ProtectStopDate",
            value: 4_000_000_000,
          }),
        ),
      );
      await talk.ask("Activate", { uniqueIdentifier: made });
      const { attributes } = await talk.ask("GetAttributes", { uniqueIdentifier: made });
      return [made, bytesOf(await talk.ask("Get", { uniqueIdentifier: made })), attributes] as const;
    });
    const report = (await fresh.run(...moveWords(from(), is), "--apply")).json as MoveReport;
    expect(byId(report, id)).toMatchObject({ outcome: "moved", same: true, left: [] });
    await talking(fresh, is, async (talk) => {
      expect(bytesOf(await talk.ask("Get", { uniqueIdentifier: id }))).toEqual(got);
      const { attributes } = await talk.ask("GetAttributes", { uniqueIdentifier: id });
      expect(valueIn(attributes, "x-Product")).toBe("vSphere");
      for (const name of ["Name", "State", "ActivationDate", "ProtectStopDate", "CryptographicUsageMask"])
        expect(valueIn(attributes, name), name).toEqual(valueIn(told, name));
      expect(valueIn(attributes, "OriginalCreationDate")).toBe(valueIn(told, "InitialDate"));
    });
  });

  it("keeps moved keys as known to a former holder, each arrival in the custody log", async () => {
    const { json } = await fresh.run("audit", "tail", "--count", "200");
    expect(JSON.stringify(json)).toContain("key.register");
  });

  it("is refused to a client without import and alias, object by object, and the report says which grants are missing", async () => {
    const poor = await fresh.enrol("poor", "all,get on group:poor");
    const ran = await fresh.line.run(...moveWords(from(), poor), "--apply");
    expect(ran.code).toBe(1);
    const report = JSON.parse(ran.stdout) as MoveReport;
    expect(report.counts).toMatchObject({ moved: 0, failed: report.objects.length });
    expect(report.objects[0]?.why).toContain("import, alias");
  });

  it("goes on where it was cut off: what is here is not brought again, and its state is looked after", async () => {
    const is = await fresh.enrol("resumed", "all,get,import,alias on group:resumed");
    const ids = await talking(old, was, async (talk) => {
      const made = [];
      for (const each of ["one", "two"]) made.push(idOf(await talk.ask("Create", createAes(256, nameOf(each)))));
      return made as [string, string];
    });
    const lonely = await old.enrol("lonely", "all,get on own");
    const elsewhere = { url: old.url, files: lonely.files };
    const own = await talking(old, lonely, async (talk) => {
      const made = idOf(await talk.ask("Create", createAes(256)));
      await talk.ask("Activate", { uniqueIdentifier: made });
      return made;
    });
    expect((await fresh.run(...moveWords(elsewhere, is), "--apply")).json).toMatchObject({ counts: { moved: 1 } });
    await talking(old, lonely, (talk) => talk.ask("Revoke", retire(own)));
    expect((await fresh.run(...moveWords(elsewhere, is), "--apply")).json).toMatchObject({
      counts: { here: 1, moved: 0 },
    });
    await talking(fresh, is, async (talk) => {
      const { attributes } = await talk.ask("GetAttributes", { uniqueIdentifier: own });
      expect(valueIn(attributes, "State")).toBe(ENUM.State.Deactivated);
    });
    expect(ids).toHaveLength(2);
  });

  it("plans what names and identifiers keep from being taken, with the remedy, and moves just what it planned", async () => {
    const source = await old.enrol("twins", "all,get on own");
    const second = await old.enrol("twins-2", "all,get on own");
    const viewer = await old.enrol("viewer", "all,get on all");
    const other = await fresh.enrol("other", "all,get,import,alias on group:other");
    const is = await fresh.enrol("twins", "all,get,import,alias on group:twins");
    const words = moveWords({ url: old.url, files: source.files }, is);
    const make = (name: string) => (talk: KmipTalk) =>
      talk.ask("Create", createAes(256, nameOf(name))).then((made) => idOf(made));
    const [first, taken] = [await talking(old, source, make("twin")), await talking(old, source, make("taken"))];
    const again = await talking(old, second, make("twin"));

    // Who sees both clients' objects sees two of one name, as at servers that do not keep names apart.
    const both = planOf(await fresh.line.run(...moveWords({ url: old.url, files: viewer.files }, is)));
    const twins = [first, again].map((id) => byId(both, id));
    expect(twins.map(({ outcome }) => outcome).sort()).toEqual(["failed", "moves"]);
    expect(twins.find(({ outcome }) => outcome === "failed")?.why).toContain("its name twin is also that of");

    await talking(fresh, other, (talk) =>
      talk.ask("Import", { ...registerAes(Buffer.alloc(32, 7)), uniqueIdentifier: taken }),
    );
    const planned = planOf(await fresh.line.run(...words));
    expect(planned.counts).toMatchObject({ moves: 1, failed: 1 });
    expect(byId(planned, taken).why).toContain("an agent of its own");
    const applied = planOf(await fresh.line.run(...words, "--apply"));
    expect(applied.counts).toMatchObject({ moved: 1, failed: 1 });
    expect(byId(applied, first)).toMatchObject({ outcome: "moved" });
    expect(byId(applied, taken).why).toBe(byId(planned, taken).why);

    const named = planOf(await fresh.line.run(...moveWords({ url: old.url, files: second.files }, is)));
    expect(byId(named, again)).toMatchObject({
      outcome: "failed",
      why: expect.stringContaining("named twin here already"),
    });
  });

  it("finds everything at a server that gives its list in pages, each object once", async () => {
    const is = await fresh.enrol("many", "all,get,import,alias on group:many");
    const many = await old.enrol("many", "all,get on own");
    const [pages, items] = [9, 50];
    await talking(old, many, async (talk) => {
      for (let page = 0; page < pages; page += 1)
        await talk.batch(
          numbered(Array.from({ length: items }, () => ({ operation: "Create", payload: createAes(128) }))),
        );
    });
    const plan = (await fresh.run(...moveWords({ url: old.url, files: many.files }, is))).json as MoveReport;
    expect(plan.counts).toMatchObject({ moves: pages * items });
    expect(new Set(plan.objects.map(({ id }) => id)).size).toBe(pages * items);
  });

  it("says of a key whose material the old server keeps back that it stays, and why", async () => {
    const is = await fresh.enrol("closed", "all,get,import,alias on group:closed");
    const closed = await old.enrol("closed", "all on own");
    const id = await talking(old, closed, async (talk) => idOf(await talk.ask("Create", createAes(256))));
    const report = (await fresh.run(...moveWords({ url: old.url, files: closed.files }, is), "--apply"))
      .json as MoveReport;
    expect(byId(report, id)).toMatchObject({
      outcome: "stays",
      why: expect.stringContaining("its material is not given"),
    });
  });

  it("is refused by name where the old server cannot be asked", async () => {
    const is = await fresh.enrol("nowhere", MOVER);
    const strange = { url: old.url, files: { ...was.files, ca: is.files.ca } };
    const ran = await fresh.line.run(...moveWords(strange, is));
    expect(ran.json).toMatchObject({ error: { code: "E_PEER" } });
    expect(ran.code).toBe(1);
  });
});
