import { expect, test } from "vitest";
import { readSettings } from "./settings.ts";

const SETTINGS = {
  HOLDFAST_DATABASE_URL_APP: "postgres://app",
  HOLDFAST_DATABASE_URL_IDENTITY: "postgres://identity",
  HOLDFAST_GATEWAY_LISTEN: "127.0.0.1:3001",
  HOLDFAST_GATEWAY_URL: "http://127.0.0.1:3001",
  HOLDFAST_WITNESS_KEY_FILE: "/data/witness.key",
};

test.each([
  "https://gateway.example.com",
  "https://gateway.example.com:8443",
  "http://localhost:3001",
  "http://[::1]:3001",
])("an address that agents dial is taken: %s", (url) => {
  expect(readSettings({ ...SETTINGS, HOLDFAST_GATEWAY_URL: url }).url).toBe(url);
});

test.each([
  ["HOLDFAST_GATEWAY_URL", "http://gateway.example.com"],
  ["HOLDFAST_GATEWAY_URL", "http://127.0.0.1.evil.example"],
  ["HOLDFAST_GATEWAY_URL", "https://gateway.example.com/path"],
  ["HOLDFAST_GATEWAY_URL", ""],
  ["HOLDFAST_GATEWAY_LISTEN", "3001"],
  ["HOLDFAST_WITNESS_KEY_FILE", ""],
  ["HOLDFAST_DATABASE_URL_APP", ""],
])("%s = %s is refused", (name, value) => {
  expect(() => readSettings({ ...SETTINGS, [name]: value })).toThrow(expect.objectContaining({ code: "E_SCHEMA" }));
});
