import { SoftwareDomain } from "@holdfast/testkit";
import { describe, expect, test } from "vitest";
import { verifyRawSignature } from "../approval/raw-signature.ts";
import { verifyRawApproval } from "../approval/verify-approval.ts";
import { encodeBase64url } from "../encoding/base64url.ts";
import { makeReplacementKey, openReplacementKey, readReplacementWords } from "./replacement-key.ts";

describe("a replacement key", () => {
  test("opens again from its words, and what it signs counts for one purpose and one link", async () => {
    const { words, signer } = await makeReplacementKey();
    const again = await openReplacementKey(words);
    expect(again.cose).toBe(signer.cose);
    const { hash } = SoftwareDomain.found();
    const recover = await again.decide("recover", hash);
    await expect(verifyRawApproval(recover, signer.cose, "recover")).resolves.toBeUndefined();
    await expect(verifyRawApproval(recover, signer.cose, "veto")).rejects.toMatchObject({ code: "E_SIG" });
    const veto = await again.decide("veto", hash);
    expect([recover.decision, veto.decision]).toEqual([1, 2]);
    await expect(verifyRawApproval(veto, signer.cose, "veto")).resolves.toBeUndefined();
    const challenge = encodeBase64url(new Uint8Array(32));
    const proof = await again.prove(challenge);
    await expect(verifyRawSignature(signer.cose, "recover", challenge, proof)).resolves.toBeUndefined();
  });

  test("is read from what people keep: a line, a numbered list, the downloaded file", async () => {
    const { words } = await makeReplacementKey();
    const numbered = words.map((word, index) => `${String(index + 1).padStart(2)}  ${word}`).join("\n");
    const file = `Holdfast replacement key of keys-1\nIt replaces lost passkeys.\nKeep it offline.\n\n${numbered}\n`;
    for (const text of [words.join(" "), words.join("\n").toUpperCase(), numbered.replaceAll("  ", ". "), file])
      expect(readReplacementWords(text)).toEqual(words);
  });

  test("says which word is none, and that a checksum does not fit", async () => {
    const { words } = await makeReplacementKey();
    const wrong = words.with(6, "holdfast");
    await expect(openReplacementKey(wrong)).rejects.toMatchObject({ code: "E_SCHEMA", detail: { word: 7 } });
    const swapped = words.with(0, words[0] === "zoo" ? "able" : "zoo");
    await expect(openReplacementKey(swapped)).rejects.toMatchObject({ code: "E_SCHEMA" });
    await expect(openReplacementKey(words.slice(1))).rejects.toMatchObject({ detail: { words: 23 } });
  });
});
