import { expect } from "vitest";
import type { Grant } from "../../keystore/records.ts";
import type { Caller } from "../caller.ts";
import type { NewObject } from "../new-object.ts";
import type { TestDomain } from "./open-test-domain.ts";

/** All that a client can be granted. */
export const EVERYTHING: Grant["ops"] = ["all", "get", "wrap", "derive", "import", "alias"];

/** Enrols a client and answers who it is to the door. */
export async function enrolledCaller(domain: TestDomain, ...grants: Grant[]): Promise<Caller> {
  const { id } = await domain.enrol("app", grants);
  const client = domain.keystore.findClient(id);
  if (client === null) return expect.unreachable();
  return { client, from: "127.0.0.1" };
}

/** A key that may leave, active at once. */
export const OPEN_KEY: NewObject = {
  algorithm: "AES-256",
  usage: ["encrypt", "decrypt"],
  extractable: true,
  dates: { activation: "now" },
};

/** The code that a request ends with; `ok` when it does not fail. */
export async function codeOf(work: () => unknown): Promise<string> {
  try {
    await work();
    return "ok";
  } catch (refusal) {
    return String((refusal as { code: unknown }).code ?? refusal);
  }
}

/** What the newest entries of the log say. */
export function newestLeaves(domain: TestDomain, count: number): Record<string, unknown>[] {
  return domain.log
    .entries(domain.log.size - count, count)
    .map(({ leaf }) => JSON.parse(Buffer.from(leaf, "base64url").toString()));
}
