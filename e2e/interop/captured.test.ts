import { readFileSync } from "node:fs";
import {
  decodeResponse,
  decodeTtlv,
  ENUM,
  encodeTtlv,
  type ResponseItem,
  type ResponseMessage,
  TAG,
  type Ttlv,
  TYPE,
} from "@holdfast/kmip";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KmipTestConnection } from "../../apps/agent/src/endpoints/kmip/testing/kmip-client.ts";
import { type EnrolledClient, KmipAgent } from "./support/kmip-agent.ts";

interface Captured {
  readonly messages: readonly { connection: number; direction: "request" | "response"; hex: string }[];
}

/** What happened to one request of a conversation. */
interface Exchange {
  readonly sent: Buffer;
  readonly recorded: ResponseMessage;
  readonly answer: ResponseMessage;
  readonly answerTags: readonly number[];
  readonly recordedTags: readonly number[];
}

const folder = new URL("./captured/", import.meta.url);
const read = (name: string) => JSON.parse(readFileSync(new URL(name, folder), "utf8")) as Captured;

/** What the server chose, and the client repeats. */
const CHOSEN_BY_SERVER: readonly number[] = [TAG.UniqueIdentifier, TAG.IVCounterNonce, TAG.Data];

let agent: KmipAgent;
beforeAll(async () => {
  agent = await KmipAgent.start();
});
afterAll(() => agent.close());

/** Replays a conversation over as many connections as the client used; what the server chose is what ours chose. */
async function replay(client: EnrolledClient, { messages }: Captured): Promise<Exchange[]> {
  const chosen = new Map<string, Ttlv>();
  const exchanges: Exchange[] = [];
  const connections = new Map<number, KmipTestConnection>();
  for (let index = 0; index < messages.length; index += 2) {
    const [request, response] = [messages[index], messages[index + 1]];
    if (request?.direction !== "request" || response?.direction !== "response") throw new TypeError("out of order");
    const { connection } = request;
    const open = connections.get(connection) ?? (await KmipTestConnection.open(agent.url, client.pem));
    connections.set(connection, open);
    const sent = encodeTtlv(substituted(decodeTtlv(Buffer.from(request.hex, "hex")), chosen));
    const answered = await open.ask(sent);
    if (answered === null) throw new TypeError("The connection ended.");
    const [theirs, ours] = [decodeTtlv(Buffer.from(response.hex, "hex")), decodeTtlv(answered)];
    learn(theirs, ours, chosen);
    exchanges.push({
      sent,
      recorded: decodeResponse(Buffer.from(response.hex, "hex")),
      answer: decodeResponse(answered, { unknownFields: "refuse" }),
      answerTags: tagsOf(ours),
      recordedTags: tagsOf(theirs),
    });
  }
  for (const each of connections.values()) each.close();
  return exchanges;
}

const keyOf = (item: Ttlv) =>
  `${item.tag}/${item.type === TYPE.ByteString ? Buffer.from(item.value).toString("hex") : item.value}`;

function substituted(item: Ttlv, chosen: ReadonlyMap<string, Ttlv>): Ttlv {
  if (item.type === TYPE.Structure) return { ...item, value: item.value.map((each) => substituted(each, chosen)) };
  return CHOSEN_BY_SERVER.includes(item.tag) ? (chosen.get(keyOf(item)) ?? item) : item;
}

/** Notes, side by side, what the recorded server chose and what ours did. */
function learn(theirs: Ttlv, ours: Ttlv, chosen: Map<string, Ttlv>): void {
  const mine = leaves(ours);
  for (const tag of CHOSEN_BY_SERVER) {
    const [was, is] = [leaves(theirs).filter((each) => each.tag === tag), mine.filter((each) => each.tag === tag)];
    for (const [index, each] of was.entries()) chosen.set(keyOf(each), is[index] ?? each);
  }
}

function leaves(item: Ttlv): Ttlv[] {
  return item.type === TYPE.Structure ? item.value.flatMap(leaves) : [item];
}

function tagsOf(item: Ttlv): number[] {
  return item.type === TYPE.Structure ? [item.tag, ...item.value.flatMap(tagsOf)] : [item.tag];
}

const only = ({ answer }: Exchange): ResponseItem => answer.items[0] as ResponseItem;
const payloadOf = (exchange: Exchange | undefined) => only(exchange as Exchange).payload as Record<string, never>;

function materialIn(payload: unknown): Buffer {
  const found = materialsOf(payload);
  expect(found).toHaveLength(1);
  return Buffer.from(found[0] as Uint8Array);
}

/** Every `material` in a payload. */
function materialsOf(value: unknown): unknown[] {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return [];
  return Object.entries(value).flatMap(([name, each]) => (name === "material" ? [each] : materialsOf(each)));
}

describe("MongoDB's client-side encryption", () => {
  let exchanges: Exchange[];
  beforeAll(async () => {
    exchanges = await replay(await agent.enrolDocumented("mongodb", "mongodb"), read("mongodb-csfle.json"));
  });

  it("is answered in each message's own version, 1.0 and 1.2 on the same objects, on a connection of its own", () => {
    expect(exchanges.map(({ answer }) => answer.version)).toEqual(exchanges.map(({ recorded }) => recorded.version));
    for (const exchange of exchanges) expect(only(exchange).resultStatus).toBe(ENUM.ResultStatus.Success);
  });

  it("gets answers of exactly the fields that it was recorded with", () => {
    for (const { answerTags, recordedTags } of exchanges) expect(answerTags).toEqual(recordedTags);
  });

  it("registers 96 bytes as a seed with an empty usage mask, activates it and gets the same bytes", () => {
    const material = materialIn(payloadOf(exchanges[2]));
    expect(material).toHaveLength(96);
    expect(exchanges[0]?.sent.includes(material)).toBe(true);
    expect(materialIn(payloadOf(exchanges[6]))).toEqual(material);
    expect(payloadOf(exchanges[2])).toMatchObject({ object: { type: "SecretData", secretDataType: 2 } });
  });

  it("is told the vector of an Encrypt with RandomIV, and decrypts with it to the data key that it sent", () => {
    expect(payloadOf(exchanges[5])).toMatchObject({ ivCounterNonce: { byteLength: 16 } });
    const { data } = payloadOf(exchanges[7]);
    expect(Buffer.from(data as never)).toHaveLength(96);
    expect(exchanges[5]?.sent.includes(Buffer.from(data as never))).toBe(true);
  });
});

describe("libkmip's demonstrations", () => {
  let exchanges: Exchange[];
  beforeAll(async () => {
    exchanges = await replay(await agent.enrolOwner("libkmip"), read("libkmip-demos.json"));
  });

  it("are served in 1.0 within 8192 bytes, with an empty user name and password", () => {
    for (const exchange of exchanges) expect(only(exchange).resultStatus).toBe(ENUM.ResultStatus.Success);
  });

  it("get answers of exactly the fields that they were recorded with, but for what the server says of itself", () => {
    for (const { answerTags, recordedTags } of exchanges.slice(0, 3)) expect(answerTags).toEqual(recordedTags);
  });

  it("create a key and get its 32 bytes raw", () => {
    expect(materialIn(payloadOf(exchanges[1]))).toHaveLength(32);
    expect(payloadOf(exchanges[1])).toMatchObject({
      object: { keyBlock: { keyFormatType: 1, cryptographicLength: 256 } },
    });
  });

  it("learn by Query of every operation that they use", () => {
    const { Create, Get, Destroy, Query } = ENUM.Operation;
    expect(payloadOf(exchanges[3])["operation"]).toEqual(expect.arrayContaining([Create, Get, Destroy, Query]));
  });
});

describe("Ceph's RADOS Gateway", () => {
  let exchanges: Exchange[];
  beforeAll(async () => {
    exchanges = await replay(await agent.enrolOwner("ceph"), read("ceph-rgw.json"));
  });

  it("finds a key by its name alone, over one connection, and gets 32 raw bytes before it is active", () => {
    expect(payloadOf(exchanges[1])["uniqueIdentifier"]).toEqual([payloadOf(exchanges[0])["uniqueIdentifier"]]);
    expect(materialIn(payloadOf(exchanges[2]))).toHaveLength(32);
    expect(materialIn(payloadOf(exchanges[4]))).toEqual(materialIn(payloadOf(exchanges[2])));
  });

  it("gets answers of exactly the fields that it was recorded with", () => {
    for (const { answerTags, recordedTags } of exchanges) expect(answerTags).toEqual(recordedTags);
  });

  it("is told of a name that nobody gave by an empty list, and by no error", () => {
    expect(only(exchanges.at(-1) as Exchange).resultStatus).toBe(ENUM.ResultStatus.Success);
    expect(payloadOf(exchanges.at(-1))["uniqueIdentifier"] ?? []).toEqual([]);
  });
});
