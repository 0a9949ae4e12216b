import { randomBytes } from "node:crypto";
import { connect, type TLSSocket } from "node:tls";
import {
  type Attribute,
  decodeResponse,
  ENUM,
  encodeTtlv,
  MASK,
  type RequestHeader,
  type RequestItem,
  structure,
  TAG,
  type Ttlv,
  TYPE,
  writeRequest,
} from "@holdfast/kmip";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KmipAgent } from "./support/kmip-agent.ts";
import { idOf, KmipTalk, succeeded } from "./support/kmip-talk.ts";
import { bytesOf, createAes, custom, nameOf, numbered, registerAes, retire, valueIn } from "./support/requests.ts";

let agent: KmipAgent;
beforeAll(async () => {
  agent = await KmipAgent.start();
});
afterAll(() => agent?.close());

describe("Synology DSM, KMIP 1.2", () => {
  it("goes through its sequence, each operation on a connection of its own", async () => {
    const client = await agent.enrolDocumented("synology", "synology");
    const on = async <T>(work: (talk: KmipTalk) => Promise<T>): Promise<T> => {
      const talk = await KmipTalk.open(agent.url, client, "1.2");
      try {
        return await work(talk);
      } finally {
        talk.close();
      }
    };
    for (let query = 0; query < 4; query += 1)
      await on((talk) => talk.ask("Query", { queryFunction: [1, 2, 3, 4, 5, 6] }));
    const name = nameOf("volume-1");
    expect((await on((talk) => talk.ask("Locate", { attributes: [name] }))).uniqueIdentifier ?? []).toEqual([]);
    await on((talk) => talk.ask("Query", { queryFunction: [1, 2, 3, 4, 5, 6] }));
    const password = randomBytes(64);
    const id = idOf(
      await on((talk) =>
        talk.ask("Register", {
          objectType: ENUM.ObjectType.SecretData,
          attributes: [
            { name: "CryptographicUsageMask", value: MASK.CryptographicUsageMask.Verify },
            { name: "OperationPolicyName", value: "default" },
            nameOf("temporary"),
          ],
          object: {
            type: "SecretData",
            secretDataType: ENUM.SecretDataType.Password,
            keyBlock: { keyFormatType: ENUM.KeyFormatType.Opaque, keyValue: { material: password } },
          },
        }),
      ),
    );
    const renamed = await on((talk) => talk.ask("ModifyAttribute", { uniqueIdentifier: id, attribute: name }));
    expect(renamed.attribute).toMatchObject({ name: "Name", value: { nameValue: "volume-1" } });
    expect((await on((talk) => talk.ask("Locate", { attributes: [name] }))).uniqueIdentifier).toEqual([id]);
    await on((talk) => talk.ask("Activate", { uniqueIdentifier: id }));
    const listed = await on((talk) => talk.ask("GetAttributeList", { uniqueIdentifier: id }));
    expect(listed.attributeReferences).toContainEqual({ name: "Name" });
    const { attributes } = await on((talk) => talk.ask("GetAttributes", { uniqueIdentifier: id }));
    expect(valueIn(attributes, "State")).toBe(ENUM.State.Active);
    expect(bytesOf(await on((talk) => talk.ask("Get", { uniqueIdentifier: id })))).toEqual(password);
    await on((talk) => talk.ask("Revoke", retire(id)));
    await on((talk) => talk.ask("Destroy", { uniqueIdentifier: id }));
  });

  it("may name the operation policy `default`, which decides nothing here", async () => {
    const talk = await KmipTalk.open(agent.url, await agent.enrolDocumented("synology-2", "synology"), "1.2");
    const policy: Attribute = { name: "OperationPolicyName", value: "default" };
    await talk.ask("Create", createAes(256, policy));
    talk.close();
  });
});

describe("Veeam Backup & Replication, KMIP 1.4", () => {
  const pair = async (talk: KmipTalk) => {
    const made = await talk.ask("CreateKeyPair", {
      commonAttributes: [
        { name: "CryptographicAlgorithm", value: ENUM.CryptographicAlgorithm.RSA },
        { name: "CryptographicLength", value: 2048 },
      ],
      privateKeyAttributes: [nameOf("veeam-private"), { name: "CryptographicUsageMask", value: 8 }],
      publicKeyAttributes: [nameOf("veeam-public"), { name: "CryptographicUsageMask", value: 4 }],
    });
    return [made.privateKeyUniqueIdentifier, made.publicKeyUniqueIdentifier] as [string, string];
  };

  it("makes an RSA pair, activates it, and gets both halves with their material and no attribute beside it", async () => {
    const talk = await KmipTalk.open(agent.url, await agent.enrolDocumented("veeam", "veeam"), "1.4");
    expect((await talk.ask("Locate", { attributes: [nameOf("veeam-private")] })).uniqueIdentifier ?? []).toEqual([]);
    const halves = await pair(talk);
    for (const uniqueIdentifier of halves) await talk.ask("Activate", { uniqueIdentifier });
    for (const uniqueIdentifier of [...halves].reverse()) {
      const { object } = await talk.ask("Get", { uniqueIdentifier });
      const { keyValue } = (object as { keyBlock: { keyValue: object } }).keyBlock;
      expect(Object.keys(keyValue)).toEqual(["material"]);
    }
    for (const uniqueIdentifier of halves) {
      await talk.ask("Revoke", retire(uniqueIdentifier));
      await talk.ask("Destroy", { uniqueIdentifier });
    }
    talk.close();
  });

  it("resumes its TLS session, as 1.2 and as 1.3 do it", async () => {
    const { pem } = await agent.enrolDocumented("veeam-tls", "veeam");
    for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
      const open = (session?: Buffer): Promise<{ socket: TLSSocket; ticket: Promise<Buffer> }> =>
        new Promise((resolve, reject) => {
          const options = { host: "127.0.0.1", port: agent.port, ...pem, minVersion: version, maxVersion: version };
          const socket = connect(session === undefined ? options : { ...options, session });
          const ticket = new Promise<Buffer>((got) => socket.once("session", got));
          socket.once("error", reject);
          socket.once("secureConnect", () => resolve({ socket, ticket }));
        });
      const first = await open();
      const session = await first.ticket;
      first.socket.destroy();
      const second = await open(session);
      expect(second.socket.isSessionReused(), version).toBe(true);
      second.socket.destroy();
    }
  });
});

describe("FortiGate, KMIP 1.0", () => {
  const withUser = (username: string): RequestHeader => ({
    authentication: { credential: [{ type: "UsernameAndPassword", value: { username, password: "secret" } }] },
  });

  /** Its type of credential is an Integer, and its Locate has attributes in a Template-Attribute. */
  function asFortiGateWrites(item: Ttlv): Ttlv {
    if (item.tag === TAG.CredentialType && item.type === TYPE.Enumeration) return { ...item, type: TYPE.Integer };
    if (item.type !== TYPE.Structure) return item;
    if (item.tag !== TAG.Attribute) return { ...item, value: item.value.map(asFortiGateWrites) };
    return structure(TAG.TemplateAttribute, [item]);
  }

  it("finds several keys in one batch by exact names in a Template-Attribute, beside a user name", async () => {
    const client = await agent.enrolDocumented("fortigate", "fortigate");
    const talk = await KmipTalk.open(agent.url, client, "1.0", withUser("fgt"));
    const ids: string[] = [];
    for (const each of ["phase1-ike", "phase1-ike-2"])
      ids.push(idOf(await talk.ask("Create", createAes(256, nameOf(each)))));
    const names = ["phase1-ike", "phase1-ike-2", "phase1", "no-such"];
    const locates = numbered(
      names.map((each) => ({ operation: "Locate", payload: { maximumItems: 1, attributes: [nameOf(each)] } })),
    );
    const message = writeRequest({ version: "1.0", header: withUser("fgt"), items: locates });
    const answer = await talk.connection.ask(encodeTtlv(asFortiGateWrites(message)));
    const located = decodeResponse(answer ?? Buffer.alloc(0), { unknownFields: "refuse" });
    expect(located.items.map((item) => succeeded(item, "Locate").uniqueIdentifier ?? [])).toEqual([
      [ids[0]],
      [ids[1]],
      [],
      [],
    ]);
    const got = await talk.batch(
      numbered(ids.map((uniqueIdentifier): RequestItem => ({ operation: "Get", payload: { uniqueIdentifier } }))),
    );
    for (const item of got.items) expect(bytesOf(succeeded(item, "Get"))).toHaveLength(32);
    talk.close();
  });

  it("is who its certificate says, whatever user name it sends", async () => {
    const [one, other] = [await agent.enrolOwner("fortigate-1"), await agent.enrolOwner("fortigate-2")];
    const owner = await KmipTalk.open(agent.url, one, "1.0");
    const id = idOf(await owner.ask("Create", createAes(256)));
    const stranger = await KmipTalk.open(agent.url, other, "1.0", withUser("fortigate-1"));
    const { items } = await stranger.batch([{ operation: "Get", payload: { uniqueIdentifier: id } }]);
    expect(items[0]).toMatchObject({ resultReason: ENUM.ResultReason.ItemNotFound });
    owner.close();
    stranger.close();
  });
});

describe("a storage array that asks for everything in one batch, KMIP 1.0", () => {
  it("finds its key by two attributes of its own, and later items mean what Locate found", async () => {
    const talk = await KmipTalk.open(agent.url, await agent.enrolDocumented("array", "README"), "1.0");
    const material = randomBytes(32);
    const mine = [custom("ResourceID", "array-7"), custom("SystemID", "system-1")];
    const id = idOf(await talk.ask("Register", registerAes(material, ...mine)));
    await talk.ask("Register", registerAes(randomBytes(32), custom("ResourceID", "array-7"), custom("SystemID", "2")));
    const { items } = await talk.batch(
      numbered([
        { operation: "Query", payload: { queryFunction: [1] } },
        { operation: "Locate", payload: { attributes: mine } },
        { operation: "Get", payload: {} },
        { operation: "GetAttributes", payload: {} },
      ]),
    );
    expect(succeeded(items[1], "Locate").uniqueIdentifier).toEqual([id]);
    expect(bytesOf(succeeded(items[2], "Get"))).toEqual(material);
    expect(valueIn(succeeded(items[3], "GetAttributes").attributes, "x-SystemID")).toBe("system-1");
    talk.close();
  });

  it("gets a key in the format Opaque when it asks for that", async () => {
    const talk = await KmipTalk.open(agent.url, await agent.enrolDocumented("array-opaque", "README"), "1.0");
    const material = randomBytes(32);
    const uniqueIdentifier = idOf(await talk.ask("Register", registerAes(material)));
    const got = await talk.ask("Get", { uniqueIdentifier, keyFormatType: ENUM.KeyFormatType.Opaque });
    expect(bytesOf(got)).toEqual(material);
    talk.close();
  });

  it("keeps NetApp's sixteen attributes of its own, and finds a key by any of them", async () => {
    const talk = await KmipTalk.open(agent.url, await agent.enrolDocumented("ontap", "netapp"), "1.2");
    const attributes = Array.from({ length: 16 }, (_, index) => custom(`NETAPP-Attribute-${index}`, `value ${index}`));
    const id = idOf(await talk.ask("Register", registerAes(randomBytes(32), ...attributes)));
    for (const attribute of attributes)
      expect((await talk.ask("Locate", { attributes: [attribute] })).uniqueIdentifier).toEqual([id]);
    const { attributes: told } = await talk.ask("GetAttributes", { uniqueIdentifier: id });
    for (let index = 0; index < 16; index += 1)
      expect(valueIn(told, `x-NETAPP-Attribute-${index}`)).toBe(`value ${index}`);
    talk.close();
  });
});
