import { describe, expect, test } from "vitest";
import { deriveKekFromPassphrase, newPassphraseParameters, parsePassphraseParameters } from "./passphrase.ts";
import { openRootKey, RootKey, sealRootKey } from "./root-key.ts";

describe("a passphrase", () => {
  test("opens what it sealed, also when its accents were typed decomposed, and another does not", async () => {
    const parameters = newPassphraseParameters();
    const root = RootKey.generate();
    const sealed = sealRootKey(await deriveKekFromPassphrase("caf\u00e9 au lait noir", parameters), root, "x");
    const typed = await deriveKekFromPassphrase("cafe\u0301 au lait noir", parameters);
    expect(openRootKey(typed, sealed, "x").commitment).toEqual(root.commitment);
    const wrong = await deriveKekFromPassphrase("cafe au lait noir", parameters);
    expect(() => openRootKey(wrong, sealed, "x")).toThrowError(expect.objectContaining({ code: "E_KEK" }));
  });

  test("is derived with fresh salt at 64 MiB and three passes", () => {
    const [a, b] = [newPassphraseParameters(), newPassphraseParameters()];
    expect(a).toMatchObject({ kdf: "argon2id", memoryKiB: 65_536, passes: 3, parallelism: 1 });
    expect(a.salt).not.toBe(b.salt);
  });

  test("is not derived with parameters that are weaker, exhausting or of another form", () => {
    const good = newPassphraseParameters();
    expect(parsePassphraseParameters(JSON.parse(JSON.stringify(good)))).toEqual(good);
    const bad = [
      { ...good, memoryKiB: 1024 },
      { ...good, memoryKiB: 2 ** 31 },
      { ...good, passes: 1 },
      { ...good, parallelism: 0 },
      { ...good, kdf: "scrypt" },
      { ...good, salt: "short" },
      { ...good, salt: `${good.salt}==` },
      { ...good, more: 1 },
      null,
      "x",
      [],
    ];
    for (const value of bad)
      expect(() => parsePassphraseParameters(value)).toThrowError(expect.objectContaining({ code: "E_CRYPTO_INPUT" }));
  });

  test("is refused empty or over 4096 bytes", async () => {
    const parameters = newPassphraseParameters();
    for (const passphrase of ["", "x".repeat(4097), 5 as never]) {
      await expect(deriveKekFromPassphrase(passphrase, parameters)).rejects.toMatchObject({ code: "E_CRYPTO_INPUT" });
    }
  });
});
