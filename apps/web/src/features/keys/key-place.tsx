"use client";
import { isHsmAlgorithm } from "@holdfast/protocol";
import { Choice } from "@/components/choice.tsx";
import type { KeyForm } from "./key-form.ts";
import { makesPair } from "./key-purposes.ts";

/** Asks where a key lives: in the key server's store, or in its hardware token. */
export function KeyPlace({ form, onChange }: { form: KeyForm; onChange: (change: Partial<KeyForm>) => void }) {
  const fits = isHsmAlgorithm(form.algorithm);
  const what = makesPair(form.algorithm) ? "The private key" : "The key";
  return (
    <div className="space-y-2.5 p-4">
      <Choice
        label="Where the key lives"
        value={form.store}
        onChange={(store) => onChange(store === "hsm" ? { store, extractable: false } : { store })}
        options={[
          {
            value: "domain",
            title: "In the key server",
            detail: "Wrapped in its store under a key-encryption key. Backups hold it.",
          },
          {
            value: "hsm",
            title: "In the hardware token",
            detail: `${what} is made in it and never leaves the token.`,
            disabled: !fits,
          },
        ]}
      />
      {fits ? null : (
        <p className="text-sm text-muted">
          Tokens hold no keys of {form.algorithm}. Take AES, HMAC, RSA, EC or Ed25519.
        </p>
      )}
      {form.store === "hsm" ? (
        <p className="text-sm text-warning" role="status">
          No backup holds it, and custodians cannot bring it back: use the token&apos;s own backup, or what it protects
          is lost with the token. Each use waits for the token.
        </p>
      ) : null}
    </div>
  );
}
