import { Agent, request } from "node:https";
import {
  decodeResponse,
  ENUM,
  encodeRequest,
  type OperationName,
  type RequestItem,
  type RequestPayload,
} from "@holdfast/kmip";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type EnrolledClient, KmipAgent } from "./support/kmip-agent.ts";
import { idOf, succeeded } from "./support/kmip-talk.ts";
import { bytesOf, createAes, nameOf, valueIn } from "./support/requests.ts";

// VAST Data speaks KMIP 1.4 over HTTPS: one POST a message.

let agent: KmipAgent;
let vast: EnrolledClient;
let connections: Agent;
beforeAll(async () => {
  agent = await KmipAgent.start();
  vast = await agent.enrolDocumented("vast", "vast");
  connections = new Agent({ keepAlive: true, ...vast.pem });
});
afterAll(async () => {
  connections?.destroy();
  await agent?.close();
});

async function ask<O extends OperationName>(operation: O, payload: RequestPayload<O>) {
  const body = encodeRequest({ version: "1.4", header: {}, items: [{ operation, payload } as RequestItem] });
  const headers = { "content-type": "application/octet-stream", "content-length": body.length };
  const answer = await new Promise<Buffer>((resolve, reject) => {
    const call = request(`${agent.restUrl}/kmip`, { method: "POST", agent: connections, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("end", () => {
        expect(response.statusCode).toBe(200);
        expect(response.headers["content-type"]).toBe("application/octet-stream");
        resolve(Buffer.concat(chunks));
      });
    });
    call.once("error", reject);
    call.end(body);
  });
  return succeeded(decodeResponse(answer, { unknownFields: "refuse" }).items[0], operation);
}

it("serves VAST's sequence over HTTPS POST: a key with name, group and policy is found, got and watched", async () => {
  await ask("DiscoverVersions", {});
  const id = idOf(await ask("Create", createAes(256)));
  await ask("AddAttribute", { uniqueIdentifier: id, attribute: nameOf("vast-cluster-1") });
  await ask("AddAttribute", { uniqueIdentifier: id, attribute: { name: "ObjectGroup", value: "vast" } });
  await ask("AddAttribute", { uniqueIdentifier: id, attribute: { name: "OperationPolicyName", value: "default" } });
  await ask("Activate", { uniqueIdentifier: id });
  expect((await ask("Locate", { attributes: [nameOf("vast-cluster-1")] })).uniqueIdentifier).toEqual([id]);
  expect(bytesOf(await ask("Get", { uniqueIdentifier: id }))).toHaveLength(32);
  const watched = {
    uniqueIdentifier: id,
    attributeReferences: [{ name: "State" }, { name: "ActivationDate" }],
  } as const;
  for (let poll = 0; poll < 3; poll += 1) {
    const { attributes } = await ask("GetAttributes", watched);
    expect(valueIn(attributes, "State")).toBe(ENUM.State.Active);
    expect(valueIn(attributes, "ActivationDate")).toBeTypeOf("number");
  }
});

it("moves the name to the new key on ReKey and links both to each other", async () => {
  const old = idOf(await ask("Create", createAes(256, nameOf("vast-cluster-2"))));
  await ask("Activate", { uniqueIdentifier: old });
  const fresh = idOf(await ask("ReKey", { uniqueIdentifier: old }));
  expect((await ask("Locate", { attributes: [nameOf("vast-cluster-2")] })).uniqueIdentifier).toEqual([fresh]);
  const linkOf = async (uniqueIdentifier: string) =>
    valueIn(
      (await ask("GetAttributes", { uniqueIdentifier, attributeReferences: [{ name: "Link" }] })).attributes,
      "Link",
    );
  expect(await linkOf(old)).toMatchObject({
    linkType: ENUM.LinkType.ReplacementObjectLink,
    linkedObjectIdentifier: fresh,
  });
  expect(await linkOf(fresh)).toMatchObject({
    linkType: ENUM.LinkType.ReplacedObjectLink,
    linkedObjectIdentifier: old,
  });
  expect(bytesOf(await ask("Get", { uniqueIdentifier: old }))).not.toEqual(
    bytesOf(await ask("Get", { uniqueIdentifier: fresh })),
  );
});
