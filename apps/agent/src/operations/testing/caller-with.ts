import type { Grant } from "../../keystore/records.ts";
import type { Caller } from "../caller.ts";
import type { TestDomain } from "./open-test-domain.ts";

/** A client enrolled with these grants, as it stands at the door. */
export async function callerWith(domain: TestDomain, ...grants: readonly Grant[]): Promise<Caller> {
  const { id } = await domain.enrol("app", grants);
  const client = domain.keystore.findClient(id);
  if (client === null) throw new Error(`The client ${id} was enrolled and is not there.`);
  return { client, from: "127.0.0.1" };
}

/** What a request ends with: `ok`, or the code of its refusal. */
export function outcome(work: () => unknown): string {
  try {
    work();
    return "ok";
  } catch (refusal) {
    return String((refusal as { code: unknown }).code);
  }
}
