import { createHmac, randomBytes } from "node:crypto";

const PREFIX = "whsec_";
/** Standard Webhooks: 24 to 64 bytes. */
const SECRET_BYTES = 32;

/** The headers of one try. */
export interface WebhookHeaders {
  readonly "webhook-id": string;
  readonly "webhook-timestamp": string;
  readonly "webhook-signature": string;
}

/** A secret as receivers take it. */
export function makeWebhookSecret(bytes: Uint8Array = randomBytes(SECRET_BYTES)): string {
  return `${PREFIX}${Buffer.from(bytes).toString("base64")}`;
}

/**
 * Signs one try of a message: a `v1` signature for every secret that is good now, newest first, so that a receiver may
 * change from one to the next whenever it likes while both are.
 *
 * @param at - When it is tried, Unix seconds.
 * @see Standard Webhooks, "Signature scheme", symmetric
 */
export function signWebhook(
  message: { readonly id: string; readonly body: string },
  secrets: readonly string[],
  at: number,
): WebhookHeaders {
  const signed = `${message.id}.${at}.${message.body}`;
  const signature = secrets.map((secret) => `v1,${mac(secret, signed)}`).join(" ");
  return { "webhook-id": message.id, "webhook-timestamp": String(at), "webhook-signature": signature };
}

function mac(secret: string, text: string): string {
  const key = Buffer.from(secret.slice(PREFIX.length), "base64");
  return createHmac("sha256", key).update(text, "utf8").digest("base64");
}
