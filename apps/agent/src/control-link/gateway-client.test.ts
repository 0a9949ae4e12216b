import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { generateSigningKey } from "@holdfast/crypto";
import { afterEach, describe, expect, it } from "vitest";
import { GatewayClient } from "./gateway-client.ts";

const open: Server[] = [];

afterEach(async () => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function gateway(answer: RequestListener): Promise<GatewayClient> {
  const server = createServer(answer);
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return clientOf(`http://127.0.0.1:${port}`);
}

const clientOf = (address: string) =>
  new GatewayClient({
    gateway: address,
    aid: "a_bowx357qcpgvey5vch63eiw7wy",
    aik: generateSigningKey("P-256"),
    now: () => 1_790_000_000,
  });

describe("the agent's client of its gateway", () => {
  it("gives an answer of 200 back", async () => {
    const client = await gateway((_request, response) => response.end('{"size":3}'));
    expect(await client.post("/v1/log/state", {})).toEqual({ size: 3 });
  });

  it("gives a refusal by the gateway's own code", async () => {
    const client = await gateway((_request, response) => response.writeHead(403).end('{"code":"E_TOKEN"}'));
    await expect(client.post("/v1/enrol", {})).rejects.toMatchObject({
      code: "E_GATEWAY_REFUSED",
      detail: { reason: "E_TOKEN" },
    });
  });

  it("row 104: follows no redirect", async () => {
    let followed = false;
    const target = await gateway((_request, response) => {
      followed = true;
      response.end("{}");
    });
    const [server] = open;
    const { port } = (server as Server).address() as AddressInfo;
    const client = await gateway((_request, response) => {
      response.writeHead(307, { location: `http://127.0.0.1:${port}/v1/poll` }).end("{}");
    });
    await expect(client.post("/v1/poll", {})).rejects.toMatchObject({
      code: "E_GATEWAY_REFUSED",
      detail: { status: 307 },
    });
    expect(followed).toBe(false);
    expect(target).toBeInstanceOf(GatewayClient);
  });

  it("reads at most one mebibyte of an answer", async () => {
    const client = await gateway((_request, response) => response.end(`{"a":"${"x".repeat(1_100_000)}"}`));
    await expect(client.post("/v1/poll", {})).rejects.toMatchObject({ code: "E_GATEWAY_ANSWER" });
  });

  it.each(["", "null", "[]", "<html>", '{"a":'])("refuses %j as an answer", async (text) => {
    const client = await gateway((_request, response) => response.end(text));
    await expect(client.post("/v1/poll", {})).rejects.toMatchObject({ code: "E_GATEWAY_ANSWER" });
  });

  it("sends no request larger than one mebibyte", async () => {
    const client = await gateway((_request, response) => response.end("{}"));
    await expect(client.post("/v1/log", { a: "x".repeat(1_048_576) })).rejects.toMatchObject({
      code: "E_GATEWAY_ANSWER",
    });
  });

  it("says that nobody answers, and gives up when it is told to", async () => {
    await expect(clientOf("http://127.0.0.1:1").post("/v1/poll", {})).rejects.toMatchObject({ code: "E_GATEWAY" });
    const client = await gateway(() => undefined);
    const ending = new AbortController();
    const asked = client.post("/v1/poll", {}, { signal: ending.signal });
    ending.abort();
    await expect(asked).rejects.toMatchObject({ code: "E_GATEWAY" });
  });
});
