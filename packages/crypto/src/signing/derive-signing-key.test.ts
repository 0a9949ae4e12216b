import { expect, test } from "vitest";
import { RootKey } from "../wrapping/root-key.ts";
import { deriveSigningKey } from "./derive-signing-key.ts";

test("a derived signing key is the same each time, another for each purpose and root, and signs", () => {
  const [root, other] = [RootKey.generate(), RootKey.generate()];
  const spki = (key: RootKey, purpose: string) =>
    Buffer.from(deriveSigningKey(key, purpose).publicKey.spki).toString("hex");
  expect(spki(root, "certify")).toBe(spki(root, "certify"));
  expect(new Set([spki(root, "certify"), spki(root, "other"), spki(other, "certify")]).size).toBe(3);
  const handle = deriveSigningKey(root, "certify");
  expect(handle.publicKey.verify(handle.sign(Buffer.from("data")), Buffer.from("data"))).toBe(true);
  root.zeroize();
  expect(() => deriveSigningKey(root, "certify")).toThrow();
});
