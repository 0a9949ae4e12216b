import { describe, expect, it } from "vitest";
import { type PageRefusalReason, refusePageCall } from "./page-rules.ts";

const ORIGIN = "http://agent.localhost:7400";
const HONEST = {
  host: "agent.localhost:7400",
  origin: ORIGIN,
  "holdfast-page": "1",
  "sec-fetch-site": "same-origin",
  "content-type": "application/json",
} as const;

type Headers = Readonly<Record<string, string | undefined>>;

const post = (headers: Headers, path = "/page/approve") =>
  refusePageCall(ORIGIN, { method: "POST", path, headers: { ...HONEST, ...headers } });
const get = (headers: Headers, path = "/page/commands") =>
  refusePageCall(ORIGIN, { method: "GET", path, headers: { ...HONEST, origin: undefined, ...headers } });

describe("a call of the page", () => {
  it("goes on as its own script sends it", () => {
    expect(post({})).toBeNull();
    expect(post({ "content-type": "application/json; charset=utf-8" })).toBeNull();
    expect(get({})).toBeNull();
  });

  it.each<[string, Headers, PageRefusalReason]>([
    ["another name for the same machine", { host: "127.0.0.1:7400" }, "host"],
    ["a name that was rebound to it", { host: "evil.example:7400" }, "host"],
    ["another port", { host: "agent.localhost" }, "host"],
    ["no host", { host: undefined }, "host"],
    ["without our header", { "holdfast-page": undefined }, "header"],
    ["with another value of it", { "holdfast-page": "0" }, "header"],
    ["another origin", { origin: "http://evil.localhost:7400" }, "origin"],
    ["the same name over TLS", { origin: "https://agent.localhost:7400" }, "origin"],
    ["an opaque origin", { origin: "null" }, "origin"],
    ["no origin", { origin: undefined }, "origin"],
    ["a neighbour on the site", { "sec-fetch-site": "same-site" }, "site"],
    ["another site", { "sec-fetch-site": "cross-site" }, "site"],
    ["an address that was typed", { "sec-fetch-site": "none" }, "site"],
    ["a browser that says nothing of sites", { "sec-fetch-site": undefined }, "site"],
    ["a form", { "content-type": "application/x-www-form-urlencoded" }, "media-type"],
    ["text", { "content-type": "text/plain" }, "media-type"],
    ["JSON in disguise", { "content-type": "text/plain; application/json" }, "media-type"],
    ["no media type", { "content-type": undefined }, "media-type"],
  ])("row 153: that changes something is refused from %s", (_, headers, reason) => {
    expect(post(headers)).toBe(reason);
  });

  it.each<[string, Headers, PageRefusalReason]>([
    ["another host", { host: "evil.example" }, "host"],
    ["a page without our header", { "holdfast-page": undefined }, "header"],
    ["another site", { "sec-fetch-site": "cross-site" }, "site"],
    ["a neighbour on the site", { "sec-fetch-site": "same-site" }, "site"],
  ])("that reads is refused from %s", (_, headers, reason) => {
    expect(get(headers)).toBe(reason);
  });

  it.each(["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])("by %s needs what a change needs", (method) => {
    const headers = { ...HONEST, origin: undefined };
    expect(refusePageCall(ORIGIN, { method, path: "/page/hello", headers })).toBe("origin");
  });

  it("of a link from anywhere may load the page itself, at its exact host only", () => {
    const link = { "holdfast-page": undefined, "sec-fetch-site": "cross-site", "content-type": undefined };
    expect(get(link, "/approve")).toBeNull();
    expect(get({ ...link, host: "127.0.0.1:7400" }, "/approve")).toBe("host");
  });
});
