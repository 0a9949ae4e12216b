import type { KmipAnswerer } from "./kmip-answerer.ts";
import { encodeRefusal } from "./refusals.ts";

/** Answers KMIP messages of clients. No operation is served yet: each message is told so. */
export const answerKmip: KmipAnswerer = (message, { domain, encoding }) =>
  encodeRefusal("not-served", encoding, message, domain.guard.time());
