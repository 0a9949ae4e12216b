import { described, type JsonSchema, type Schema } from "../schema.ts";

const json: JsonSchema = {
  type: "object",
  description: "RFC 9457. Decide by `code`; `next` says what a person can do.",
  properties: {
    type: { type: "string", format: "uri" },
    title: { type: "string" },
    status: { type: "integer" },
    code: { type: "string", pattern: "^E_[A-Z_]+$" },
    detail: { type: "string" },
    next: { type: "string" },
    about: { type: "object", additionalProperties: { type: ["string", "number"] } },
  },
  required: ["type", "title", "status", "code"],
};

/** A refusal, as an answer or inside one. Answers are not read by this side. */
export const problem: Schema<unknown> = described({ json, read: (value) => value }, "Why it was refused.");
