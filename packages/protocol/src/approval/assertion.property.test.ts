import { flipBitOfText, SoftwarePasskey } from "@holdfast/testkit";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HoldfastError } from "../errors.ts";
import { approveChallenge } from "./challenges.ts";
import { verifyAssertion } from "./verify-assertion.ts";

const CHALLENGE = approveChallenge(1, ["A".repeat(43)]);
const PASSKEYS = (["ES256", "EdDSA", "RS256"] as const).map((alg) => new SoftwarePasskey({ alg, seed: "property" }));
const made = PASSKEYS.map((passkey) => ({ passkey, assertion: passkey.get(CHALLENGE) }));
const MEMBERS = ["clientDataJSON", "authData", "sig"] as const;

describe("an assertion", () => {
  test("holds as it was made", async () => {
    for (const { passkey, assertion } of made) {
      expect(await verifyAssertion(assertion, passkey.credential(), CHALLENGE)).toMatchObject({ backedUp: false });
    }
  });

  test("with any one bit changed is refused by code", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...made),
        fc.constantFrom(...MEMBERS),
        fc.nat(),
        fc.nat({ max: 7 }),
        async ({ passkey, assertion }, member, at, bit) => {
          const bytes = Buffer.from(assertion[member], "base64url").length;
          const changed = { ...assertion, [member]: flipBitOfText(assertion[member], at % bytes, bit) };
          await expect(verifyAssertion(changed, passkey.credential(), CHALLENGE)).rejects.toBeInstanceOf(HoldfastError);
        },
      ),
      { numRuns: 400 },
    );
  });

  test("of any text is refused by code", async () => {
    const text = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.base64String({ maxLength: 80 }),
      fc.constant(undefined as never),
    );
    await fc.assert(
      fc.asyncProperty(text, text, text, async (clientDataJSON, authData, sig) => {
        const [first] = made;
        const assertion = { ...first?.assertion, clientDataJSON, authData, sig };
        const credential = PASSKEYS[0]?.credential() as ReturnType<SoftwarePasskey["credential"]>;
        await expect(verifyAssertion(assertion, credential, CHALLENGE)).rejects.toBeInstanceOf(HoldfastError);
      }),
    );
  });

  test("with any client data around the honest members is taken only where they are said once and are equal", async () => {
    const [{ passkey } = { passkey: undefined as never }] = made;
    const member = fc.constantFrom("type", "challenge", "origin", "crossOrigin", "topOrigin", "extra", "Origin");
    await fc.assert(
      fc.asyncProperty(member, fc.jsonValue({ maxDepth: 0 }), async (name, value) => {
        const assertion = passkey.get(CHALLENGE, {
          rewrite: (text) => `${text.slice(0, -1)},${JSON.stringify(name)}:${JSON.stringify(value)}}`,
        });
        const verified = verifyAssertion(assertion, passkey.credential(), CHALLENGE);
        if (name === "extra" || name === "Origin") await expect(verified).resolves.toBeDefined();
        else await expect(verified).rejects.toMatchObject({ code: "E_ASSERT_CLIENTDATA" });
      }),
    );
  });
});
