import { randomBytes } from "node:crypto";
import { ENUM } from "@holdfast/kmip";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EnrolledClient, KmipAgent } from "./support/kmip-agent.ts";
import { idOf, KmipTalk } from "./support/kmip-talk.ts";
import { bytesOf, createAes, ENCRYPT_DECRYPT, nameOf, registerAes, retire, valueIn } from "./support/requests.ts";

let agent: KmipAgent;
beforeAll(async () => {
  agent = await KmipAgent.start();
});
afterAll(() => agent?.close());

describe("MySQL Enterprise's keyring, KMIP 1.1", () => {
  let talk: KmipTalk;
  beforeAll(async () => {
    talk = await KmipTalk.open(agent.url, await agent.enrolDocumented("mysql", "mysql"), "1.1");
  });
  afterAll(() => talk?.close());

  it("goes through a key's whole life: Create, Activate, Get, Revoke, Destroy", async () => {
    const id = idOf(await talk.ask("Create", createAes(256, nameOf("INNODBKey-1"))));
    await talk.ask("Activate", { uniqueIdentifier: id });
    expect(bytesOf(await talk.ask("Get", { uniqueIdentifier: id }))).toHaveLength(32);
    await talk.ask("Revoke", retire(id));
    await talk.ask("Destroy", { uniqueIdentifier: id });
  });

  it("finds its keys when the server starts again, and not those that were destroyed before", async () => {
    const kept = idOf(await talk.ask("Create", createAes(256, nameOf("INNODBKey-2"))));
    const { SymmetricKey } = ENUM.ObjectType;
    const { uniqueIdentifier = [] } = await talk.ask("Locate", {
      attributes: [
        { name: "ObjectType", value: SymmetricKey },
        { name: "State", value: ENUM.State.PreActive },
      ],
    });
    expect(uniqueIdentifier).toEqual([kept]);
  });
});

describe("Percona Server for MySQL and pg_tde, KMIP 1.4", () => {
  let talk: KmipTalk;
  beforeAll(async () => {
    talk = await KmipTalk.open(agent.url, await agent.enrolDocumented("percona", "mysql", 1), "1.4");
  });
  afterAll(() => talk?.close());

  it("registers a key by name, finds it by type and exact name, and gets its bytes raw", async () => {
    const material = randomBytes(16);
    const id = idOf(await talk.ask("Register", registerAes(material, nameOf("tde-key-1"))));
    await talk.ask("Register", registerAes(randomBytes(16), nameOf("tde-key-10")));
    const { uniqueIdentifier } = await talk.ask("Locate", {
      attributes: [{ name: "ObjectType", value: ENUM.ObjectType.SymmetricKey }, nameOf("tde-key-1")],
    });
    expect(uniqueIdentifier).toEqual([id]);
    const got = await talk.ask("Get", { uniqueIdentifier: id, keyFormatType: ENUM.KeyFormatType.Raw });
    expect(bytesOf(got)).toEqual(material);
    expect(got).toMatchObject({ object: { keyBlock: { keyFormatType: ENUM.KeyFormatType.Raw } } });
  });

  it("learns that a name is taken, where a second key by it would be found instead of the first", async () => {
    await talk.ask("Register", registerAes(randomBytes(16), nameOf("tde-key-2")));
    const { items } = await talk.batch([
      { operation: "Register", payload: registerAes(randomBytes(16), nameOf("tde-key-2")) },
    ]);
    expect(items[0]).toMatchObject({ resultStatus: ENUM.ResultStatus.OperationFailed });
  });
});

describe("MongoDB Enterprise and Percona Server for MongoDB, KMIP 1.0", () => {
  let mongod: EnrolledClient;
  let id: string;
  beforeAll(async () => {
    mongod = await agent.enrolDocumented("mongod", "mongodb", 1);
  });

  const talking = async <T>(work: (talk: KmipTalk) => Promise<T>): Promise<T> => {
    const talk = await KmipTalk.open(agent.url, mongod, "1.0");
    try {
      return await work(talk);
    } finally {
      talk.close();
    }
  };

  it("registers and activates its master key, and gets it after a restart of the database", async () => {
    const material = randomBytes(32);
    id = await talking(async (talk) => {
      const made = idOf(await talk.ask("Register", registerAes(material)));
      await talk.ask("Activate", { uniqueIdentifier: made });
      return made;
    });
    expect(bytesOf(await talking((talk) => talk.ask("Get", { uniqueIdentifier: id })))).toEqual(material);
  });

  it("polls a State that stays Active", async () => {
    const asked = { uniqueIdentifier: id, attributeReferences: [{ name: "State" as const }] };
    const { attributes } = await talking((talk) => talk.ask("GetAttributes", asked));
    expect(valueIn(attributes, "State")).toBe(ENUM.State.Active);
  });

  it("gets no attribute Fresh in an answer of 1.0, however it asks", async () => {
    const { attributes = [] } = await talking((talk) => talk.ask("GetAttributes", { uniqueIdentifier: id }));
    expect(attributes.length).toBeGreaterThan(5);
    expect(attributes.map(({ name }) => name)).not.toContain("Fresh");
    const { attributeReferences = [] } = await talking((talk) =>
      talk.ask("GetAttributeList", { uniqueIdentifier: id }),
    );
    expect(attributeReferences.map(({ name }) => name)).not.toContain("Fresh");
  });

  it("has one response header of 1.0 whatever fails", async () => {
    const answer = await talking((talk) =>
      talk.batch([{ operation: "Get", payload: { uniqueIdentifier: "not-there" } }]),
    );
    expect(answer).toMatchObject({ version: "1.0", items: [{ resultReason: ENUM.ResultReason.ItemNotFound }] });
  });
});

describe("Db2, KMIP 1.1", () => {
  it("inserts a master key under a label and gets it by that label", async () => {
    const talk = await KmipTalk.open(agent.url, await agent.enrolDocumented("db2", "db2"), "1.1");
    const label = nameOf("DB2_SYSGEN_db2inst1_SAMPLE_2026-01-01");
    const id = idOf(await talk.ask("Create", createAes(256, label)));
    const { uniqueIdentifier } = await talk.ask("Locate", { attributes: [label] });
    expect(uniqueIdentifier).toEqual([id]);
    expect(bytesOf(await talk.ask("Get", { uniqueIdentifier: id }))).toHaveLength(32);
    const { attributes } = await talk.ask("GetAttributes", { uniqueIdentifier: id });
    expect(valueIn(attributes, "CryptographicUsageMask")).toBe(ENCRYPT_DECRYPT);
    talk.close();
  });
});
