import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { silentLogger } from "../../logger.ts";
import { openTestDomain, type TestDomain } from "../../operations/testing/open-test-domain.ts";
import type { Listener } from "../served-agent.ts";
import { countersOf } from "./counters.ts";
import { startMetrics } from "./start-metrics.ts";

let domain: TestDomain;
let metrics: Listener;
let pages = false;
const agent = {
  logger: silentLogger,
  sealed: false,
  domain: null as TestDomain | null,
  company: null,
  onDomain: () => () => {},
};
beforeAll(async () => {
  domain = await openTestDomain();
  const servesPage = () => pages;
  metrics = await startMetrics({ agent, listen: "127.0.0.1:0", pageHost: "localhost", servesPage });
});
afterAll(async () => {
  await metrics.close();
  await domain.close();
});

function get(
  path: string,
  headers: Record<string, string> = {},
  method = "GET",
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(metrics.url + path, { method, headers }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on("error", reject);
    sent.end();
  });
}

describe("readiness", () => {
  test("says why not, and is there with the domain; liveness is always", async () => {
    agent.domain = null;
    agent.sealed = false;
    expect(await get("/readyz")).toEqual({ status: 503, text: "no domain yet\n" });
    agent.sealed = true;
    expect(await get("/readyz")).toEqual({ status: 503, text: "sealed\n" });
    expect((await get("/livez")).status).toBe(200);
    agent.sealed = false;
    agent.domain = domain;
    expect(await get("/readyz")).toEqual({ status: 200, text: "ready\n" });
  });

  test("of the page is apart from that of keys, for the balancer in front of its name", async () => {
    expect(await get("/pagez")).toEqual({ status: 503, text: "serves no page\n" });
    pages = true;
    expect(await get("/pagez")).toEqual({ status: 200, text: "serves the page\n" });
  });
});

describe("metrics", () => {
  test("are in the text format, and name no key, client or label", async () => {
    agent.domain = domain;
    const key = domain.createKey({ label: "very-private-label" });
    const client = await domain.enrol("very-private-client", [{ ops: ["all"], keys: { kind: "all" } }]);
    countersOf(agent).request("encrypt", 200, 0.7);
    countersOf(agent).request("encrypt", 403, 20_000);
    const { status, text } = await get("/metrics");
    expect(status).toBe(200);
    for (const line of text.trimEnd().split("\n"))
      expect(line).toMatch(/^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[^}]*\})? [0-9.e+-]+)$/);
    for (const secret of [key.id, client.id, "very-private"]) expect(text).not.toContain(secret);
    expect(text).toContain("holdfast_keys 1\n");
    expect(text).toContain('holdfast_rest_requests_total{route="encrypt",status="403"} 1\n');
    expect(text).toContain('holdfast_rest_request_duration_seconds_bucket{route="encrypt",le="0.001"} 1\n');
    expect(text).toContain('holdfast_rest_request_duration_seconds_bucket{route="encrypt",le="+Inf"} 2\n');
    const { kmip } = countersOf(agent);
    kmip.request("ttlv", 0.2);
    kmip.refuse("too-large");
    const counted = (await get("/metrics")).text;
    for (const line of [
      "holdfast_kmip_connections 0",
      'holdfast_kmip_requests_total{encoding="ttlv"} 1',
      'holdfast_kmip_refusals_total{reason="too-large"} 1',
      'holdfast_kmip_request_duration_seconds_bucket{le="0.0005"} 1',
      "holdfast_kmip_request_duration_seconds_count 1",
    ])
      expect(counted).toContain(`${line}\n`);
    agent.domain = null;
    expect((await get("/metrics")).text).toContain("holdfast_founded 0\n");
  });
});

describe("the listener", () => {
  test("answers to its own names only, never to the approval page's", async () => {
    for (const [host, status] of [
      ["127.0.0.1:1", 200],
      ["localhost", 421],
      ["agent.localhost", 421],
      ["evil.example", 421],
    ])
      expect((await get("/livez", { host: String(host) })).status, String(host)).toBe(status);
  });

  test("takes GET and HEAD of its three paths", async () => {
    expect((await get("/")).status).toBe(404);
    expect((await get("/livez", {}, "POST")).status).toBe(405);
    expect(await get("/livez", {}, "HEAD")).toEqual({ status: 200, text: "" });
  });

  test("says which address it cannot have", async () => {
    const { host } = new URL(metrics.url);
    await expect(startMetrics({ agent, listen: host })).rejects.toMatchObject({
      code: "E_LISTEN",
      message: expect.stringContaining(host),
    });
    for (const listen of ["", "7499", "127.0.0.1", "127.0.0.1:99999", "[nonsense]:1"])
      await expect(startMetrics({ agent, listen })).rejects.toMatchObject({ code: "E_LISTEN" });
  });
});

describe("ends of certificates", () => {
  test("are there for the authority and each listener, and for clients as numbers", async () => {
    agent.domain = domain;
    const near = await domain.enrol("near", [{ ops: ["all"], keys: { kind: "all" } }], 10 * 86_400);
    await domain.enrol("far", [{ ops: ["all"], keys: { kind: "all" } }], 100 * 86_400);
    countersOf(agent).certificates.set("kmip", 1_900_000_000);
    const { text } = await get("/metrics");
    expect(text).toMatch(/^holdfast_certificate_expiry_timestamp_seconds\{certificate="authority"\} \d{10}$/m);
    expect(text).toContain('holdfast_certificate_expiry_timestamp_seconds{certificate="kmip"} 1900000000\n');
    const count = (days: number): number =>
      Number(new RegExp(`holdfast_client_certificates_expiring\\{days="${days}"\\} (\\d+)`).exec(text)?.[1]);
    expect(count(30) - count(7)).toBe(1);
    expect(count(14) - count(7)).toBe(1);
    expect(count(0)).toBe(0);
    domain.revoke(near.id);
    expect((await get("/metrics")).text).toContain(
      `holdfast_client_certificates_expiring{days="14"} ${count(14) - 1}\n`,
    );
  });
});
