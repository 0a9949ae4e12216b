import { ENUM, encodeRequest, type RequestItem } from "@holdfast/kmip";
import { afterAll, beforeAll, expect, it } from "vitest";
import { KmipAgent } from "./support/kmip-agent.ts";
import { idOf, KmipTalk, succeeded } from "./support/kmip-talk.ts";
import { bytesOf, createAes, custom, valueIn } from "./support/requests.ts";

// vCenter's standard key provider: KMIP 1.1, item identifiers "QLKC" and a counter, attributes of its own.

let agent: KmipAgent;
let talk: KmipTalk;
let counter = 0;
beforeAll(async () => {
  agent = await KmipAgent.start();
  talk = await KmipTalk.open(agent.url, await agent.enrolDocumented("vcenter", "vsphere"), "1.1");
});
afterAll(async () => {
  talk?.close();
  await agent?.close();
});

function labelled<I extends RequestItem>(item: I): I & { uniqueBatchItemId: Buffer } {
  const uniqueBatchItemId = Buffer.alloc(12);
  uniqueBatchItemId.write("QLKC");
  counter += 1;
  uniqueBatchItemId.writeUInt32LE(counter, 4);
  return { ...item, uniqueBatchItemId };
}

const discover = (): RequestItem => ({ operation: "DiscoverVersions", payload: {} });

it("answers vCenter's first DiscoverVersions without an item id, and its second with its own", async () => {
  const first = await talk.batch([discover()]);
  expect(first.items[0]?.uniqueBatchItemId).toBeUndefined();
  expect(succeeded(first.items[0], "DiscoverVersions").protocolVersion).toContainEqual({ major: 1, minor: 1 });
  const asked = labelled(discover());
  const second = await talk.batch([asked]);
  expect(Buffer.from(second.items[0]?.uniqueBatchItemId ?? [])).toEqual(asked.uniqueBatchItemId);
});

it("says by Query who the server is", async () => {
  const asked = labelled({ operation: "Query", payload: { queryFunction: [3] } } as const);
  const { vendorIdentification } = succeeded((await talk.batch([asked])).items[0], "Query");
  expect(vendorIdentification).toMatch(/Holdfast/i);
});

it("keeps the attributes that vCenter adds to a key without a name, and an absent one of them is no error", async () => {
  const made = await talk.batch([labelled({ operation: "Create", payload: createAes(256) })]);
  const id = idOf(succeeded(made.items[0], "Create"));
  const version = { vendor: "x", label: "Product_Version" };
  const before = await talk.batch([
    labelled({ operation: "GetAttributes", payload: { uniqueIdentifier: id, attributeReferences: [version] } }),
  ]);
  expect(succeeded(before.items[0], "GetAttributes").attributes ?? []).toEqual([]);

  const said = { Product_Version: "8.0.3", Vendor: "VMware, Inc.", Product: "VMware vSphere" };
  const adding = Object.entries(said).map(([label, value]) =>
    labelled({ operation: "AddAttribute", payload: { uniqueIdentifier: id, attribute: custom(label, value) } }),
  );
  const added = await talk.batch(adding);
  for (const [index, item] of added.items.entries()) {
    succeeded(item, "AddAttribute");
    expect(Buffer.from(item.uniqueBatchItemId ?? [])).toEqual(adding[index]?.uniqueBatchItemId);
  }

  const names = Object.keys(said).map((label) => ({ vendor: "x", label }));
  const { attributes } = await talk.ask("GetAttributes", {
    uniqueIdentifier: id,
    attributeReferences: [...names, { name: "State" }],
  });
  for (const [label, value] of Object.entries(said)) expect(valueIn(attributes, `x-${label}`)).toBe(value);
  expect(valueIn(attributes, "State")).toBe(ENUM.State.PreActive);
  expect(bytesOf(await talk.ask("Get", { uniqueIdentifier: id }))).toHaveLength(32);
});

it("gives a client of 1.1 no attribute of a later version", async () => {
  const id = idOf(await talk.ask("Create", createAes(256)));
  const { attributes = [] } = await talk.ask("GetAttributes", { uniqueIdentifier: id });
  const names = attributes.map(({ name }) => name);
  for (const later of ["OriginalCreationDate", "RandomNumberGenerator", "Sensitive", "Extractable", "KeyFormatType"])
    expect(names).not.toContain(later);
  expect(names).toContain("Fresh");
});

it("is polled by DiscoverVersions as often as vCenter likes, over one connection", async () => {
  for (let poll = 0; poll < 20; poll += 1) {
    const asked = labelled(discover());
    const answer = await talk.batch([asked]);
    expect(Buffer.from(answer.items[0]?.uniqueBatchItemId ?? [])).toEqual(asked.uniqueBatchItemId);
  }
});

it("answers several messages that are sent at once, in their order", async () => {
  const asked = [1, 2, 3].map(() => labelled(discover()));
  talk.connection.send(...asked.map((item) => encodeRequest({ version: "1.1", header: {}, items: [item] })));
  for (const { uniqueBatchItemId } of asked) {
    const answer = await talk.connection.receive();
    expect(answer?.includes(uniqueBatchItemId)).toBe(true);
  }
});
