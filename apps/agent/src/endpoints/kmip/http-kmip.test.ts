import {
  decodeResponse,
  decodeTtlv,
  encodeRequest,
  encodeTtlv,
  readJson,
  readXml,
  writeJson,
  writeXml,
} from "@holdfast/kmip";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { TestClient } from "../../operations/testing/open-test-domain.ts";
import { type Answer, RestClient } from "../rest/testing/rest-client.ts";
import { startTestRest, type TestRest } from "../rest/testing/start-test-rest.ts";
import { requestMessage, resultMessage } from "./testing/kmip-client.ts";
import { ALL } from "./testing/start-test-kmip.ts";

let rest: TestRest;
let client: TestClient;
let app: RestClient;
let encodings: string[] = [];
beforeAll(async () => {
  rest = await startTestRest({
    async kmip(message, { encoding }) {
      encodings.push(encoding);
      if (message.includes("fail")) throw new TypeError("a secret of the client");
      return message;
    },
  });
  client = await rest.domain.enrol("storage", ALL);
  app = new RestClient(rest.url, client);
});
afterAll(async () => {
  app.close();
  await rest.close();
});
afterEach(() => {
  encodings = [];
});

function post(body: string | Buffer, type: string, more: Record<string, string> = {}): Promise<Answer> {
  return app.send("POST", "/kmip", body, { "content-type": type, ...more });
}

/** The Result Message of an answer in JSON, read as every KMIP message in JSON is. */
function readBack(json: Buffer): string | undefined {
  const [item] = decodeResponse(encodeTtlv(readJson(json.toString()))).items;
  return item?.resultMessage;
}

describe("KMIP over HTTPS", () => {
  test.each([
    ["application/octet-stream", requestMessage(24), "ttlv"],
    ["text/xml", "<RequestMessage/>", "xml"],
    ["text/xml; charset=utf-8", "<RequestMessage/>", "xml"],
    ["application/json", "{}", "json"],
  ])("takes %s and answers in it, on a connection that is kept", async (type, body, encoding) => {
    for (let n = 0; n < 2; n += 1) {
      const answer = await post(body, type);
      expect([answer.status, answer.headers["content-type"], answer.bytes]).toEqual([200, type, Buffer.from(body)]);
    }
    expect(encodings).toEqual([encoding, encoding]);
  });

  test("takes a message of 1 MiB and not one byte more", async () => {
    const most = requestMessage(1024 * 1024 - 8);
    expect((await post(most, "application/octet-stream")).bytes.length).toBe(most.length);
    const more = await post(requestMessage(1024 * 1024 - 7), "application/octet-stream");
    expect([more.status, resultMessage(more.bytes)]).toEqual([413, "The request is larger than is taken."]);
    const json = await post(" ".repeat(1024 * 1024 + 1), "application/json");
    expect([json.status, json.headers["content-type"]]).toEqual([413, "application/json"]);
    expect(readBack(json.bytes)).toBe("The request is larger than is taken.");
  });

  test.each([
    ["nothing", Buffer.alloc(0)],
    ["half a header", requestMessage().subarray(0, 5)],
    ["less than it announces", requestMessage(64).subarray(0, 40)],
    ["more than it announces", Buffer.concat([requestMessage(), requestMessage()])],
    ["another message", Buffer.from("B\0\x7b\x01\0\0\0\0", "latin1")],
  ])("refuses %s in KMIP's words", async (_title, body) => {
    const answer = await post(body, "application/octet-stream");
    expect([answer.status, resultMessage(answer.bytes)]).toEqual([200, "The request is not one request message."]);
    expect(encodings).toEqual([]);
  });

  test.each([
    ["another content type", "POST", { "content-type": "text/plain" }, 415, "E_CONTENT_TYPE"],
    ["a name of every object", "POST", { "content-type": "constructor" }, 415, "E_CONTENT_TYPE"],
    ["compressed", "POST", { "content-type": "text/xml", "content-encoding": "gzip" }, 415, "E_CONTENT_TYPE"],
    ["GET", "GET", {}, 405, "E_METHOD"],
    ["another host", "POST", { "content-type": "text/xml", host: "agent.localhost" }, 421, "E_HOST"],
  ] as [string, string, Record<string, string>, number, string][])(
    "refuses %s by a problem document",
    async (_title, method, headers, status, code) => {
      const answer = await app.send(method, "/kmip", method === "GET" ? null : "<a/>", headers);
      expect([answer.status, answer.json.code]).toEqual([status, code]);
    },
  );

  test("says in each encoding who is no client, that a request failed, and that the agent is sealed", async () => {
    const words = "The certificate is not one of a client that may use this key server.";
    const stranger = new RestClient(rest.url, { ca: client.ca });
    const ask = async (type: string): Promise<string> =>
      (await stranger.send("POST", "/kmip", "x", { "content-type": type })).bytes.toString();
    expect(await ask("application/octet-stream")).toContain(words);
    expect(await ask("text/xml")).toContain(`<ResultMessage type="TextString" value="${words}"/>`);
    expect(JSON.parse(await ask("application/json"))).toMatchObject({
      tag: "ResponseMessage",
      value: [
        { tag: "ResponseHeader" },
        {
          tag: "BatchItem",
          value: [
            { tag: "ResultStatus", type: "Enumeration", value: "OperationFailed" },
            { tag: "ResultReason", type: "Enumeration", value: "AuthenticationNotSuccessful" },
            { tag: "ResultMessage", type: "TextString", value: words },
          ],
        },
      ],
    });
    expect(readBack(Buffer.from(await ask("application/json")))).toBe(words);
    stranger.close();
    expect((await post("fail", "text/xml")).bytes.toString()).toContain(
      'ResultReason type="Enumeration" value="GeneralFailure"',
    );
    rest.domain.agent.seal();
    expect((await post("x", "text/xml")).bytes.toString()).toContain("The key server is sealed.");
    await rest.domain.agent.unseal();
    expect((await post("x", "text/xml")).bytes.toString()).toBe("x");
  });

  test("answers a stranger, who is heard no further, in the version of the request, and in the newest where it says none", async () => {
    const stranger = new RestClient(rest.url, { ca: client.ca });
    const ask = async (type: string, body: string | Buffer): Promise<string> => {
      const { bytes } = await stranger.send("POST", "/kmip", body, { "content-type": type });
      if (type === "application/octet-stream") return decodeResponse(bytes).version;
      if (type === "application/json") return decodeResponse(encodeTtlv(readJson(bytes.toString()))).version;
      return decodeResponse(encodeTtlv(readXml(bytes.toString()))).version;
    };
    for (const version of ["1.0", "1.4", "2.0"] as const) {
      const binary = encodeRequest({
        version,
        header: {},
        items: [{ operation: "Get", payload: { uniqueIdentifier: "1" } }],
      } as never);
      const tree = decodeTtlv(binary);
      expect(await ask("application/octet-stream", binary)).toBe(version);
      expect(await ask("text/xml", writeXml(tree))).toBe(version);
      expect(await ask("application/json", writeJson(tree))).toBe(version);
    }
    for (const type of ["application/octet-stream", "text/xml", "application/json"]) {
      expect(await ask(type, "x")).toBe("2.1");
      expect(await ask(type, "x".repeat(100_000))).toBe("2.1");
    }
    stranger.close();
  });

  test("is not there where it is not served", async () => {
    const without = await startTestRest();
    const other = await without.domain.enrol("storage", ALL);
    const asking = new RestClient(without.url, other);
    const answer = await asking.send("POST", "/kmip", "x", { "content-type": "text/xml" });
    expect([answer.status, answer.json.code]).toEqual([404, "E_ROUTE"]);
    asking.close();
    await without.close();
  });
});
