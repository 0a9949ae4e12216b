export { type LoopbackIdentity, makeLoopbackIdentity } from "./loopback-identity.ts";
export { type MailReceiver, startMailReceiver } from "./mail-receiver.ts";
export { startWebhookReceiver, type WebhookReceiver } from "./webhook-receiver.ts";
