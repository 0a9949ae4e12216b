import { afterEach, describe, expect, test, vi } from "vitest";
import { TEST_SETTINGS } from "./testing/test-browser.ts";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

/** Reads the settings in a fresh copy of the module, which otherwise keeps the first it has read. */
async function read(changes: Record<string, string>) {
  for (const [name, value] of Object.entries({ ...TEST_SETTINGS, ...changes })) vi.stubEnv(name, value);
  return (await import("./env.ts")).readEnvironment();
}

describe("the settings", () => {
  test("say whether cookies may be bound to TLS", async () => {
    expect((await read({})).secure).toBe(false);
    vi.resetModules();
    const secure = await read({ HOLDFAST_ORIGIN: "https://app.example.com/x?y", HOLDFAST_RP_ID: "example.com" });
    expect({ secure: secure.secure, origin: secure.origin.href }).toEqual({
      secure: true,
      origin: "https://app.example.com/",
    });
  });

  test.each([
    ["HOLDFAST_ORIGIN", "http://app.example.com"],
    ["HOLDFAST_ORIGIN", "http://127.0.0.1.evil.example"],
    ["HOLDFAST_ORIGIN", "not a url"],
    ["HOLDFAST_ORIGIN", ""],
    ["HOLDFAST_RP_ID", "example.com"],
    ["HOLDFAST_RP_ID", "ocalhost"],
    ["HOLDFAST_RP_ID", ""],
    ["HOLDFAST_DATABASE_URL_APP", ""],
    ["HOLDFAST_DATABASE_URL_IDENTITY", ""],
    ["HOLDFAST_GATEWAY_URL", ""],
    ["HOLDFAST_GATEWAY_URL", "http://gateway.example.com"],
    ["HOLDFAST_GATEWAY_URL", "https://gateway.example.com/path"],
  ])("refuse %s=%s and name it, without its value", async (setting, value) => {
    await expect(read({ [setting]: value })).rejects.toMatchObject({ code: "CONFIGURATION", detail: { setting } });
  });
});
