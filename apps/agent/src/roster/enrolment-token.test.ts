import { formatVkey, NOTE_TYPE, noteKey } from "@holdfast/tlog";
import { describe, expect, it } from "vitest";
import { parseEnrolmentToken } from "./enrolment-token.ts";

const witness = formatVkey(noteKey("holdfast.example/witness", NOTE_TYPE.cosignature, new Uint8Array(32).fill(7)));
const secret = "s".repeat(43);
const good = { gateway: "https://gateway.example", witness, secret };
const token = (value: unknown) => `hfe1.${Buffer.from(JSON.stringify(value)).toString("base64url")}`;

describe("an enrolment token", () => {
  it("names the gateway, the witness and a one-use secret", () => {
    const read = parseEnrolmentToken(token(good));
    expect(read).toMatchObject({ gateway: good.gateway, secret, loopback: false });
    expect(read.witness).toEqual({ name: "holdfast.example/witness", vkey: witness });
  });

  it.each(["http://127.0.0.1:3001", "http://localhost:3001", "http://[::1]:3001"])(
    "may name %s, on this machine",
    (gateway) => {
      expect(parseEnrolmentToken(token({ ...good, gateway })).loopback).toBe(true);
    },
  );

  it.each([
    "http://gateway.example",
    "http://127.0.0.1.example",
    "https://gateway.example/path",
    "https://user@gateway.example",
    "ftp://gateway.example",
    "https://gateway.example?x",
    "nonsense",
    7,
  ])("is refused with %s for a gateway", (gateway) => {
    expect(() => parseEnrolmentToken(token({ ...good, gateway }))).toThrow(
      expect.objectContaining({ code: "E_SCHEMA" }),
    );
  });

  it.each([
    { ...good, more: 1 },
    { ...good, secret: "short" },
    { ...good, witness: "none" },
    { ...good, spki: "x" },
    { gateway: good.gateway, witness },
    [good],
    null,
  ])("row 127: is refused with other members: %j", (value) => {
    expect(() => parseEnrolmentToken(token(value))).toThrow(expect.objectContaining({ code: "E_SCHEMA" }));
  });

  it.each(["", "hfe1.", "hfe2.e30", `hfe1.${"A".repeat(3000)}`, "hfe1.!!!!"])("is refused as %j", (text) => {
    expect(() => parseEnrolmentToken(text)).toThrow(expect.objectContaining({ code: "E_SCHEMA" }));
  });
});
