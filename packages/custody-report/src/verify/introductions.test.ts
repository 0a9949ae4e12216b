import type { ClientStateDocument, Introduction, State } from "@holdfast/protocol";
import { SoftwareLedger, SoftwareReporter, softwareIntroduction } from "@holdfast/testkit";
import { describe, expect, test } from "vitest";
import { verifyBundle } from "./verify-bundle.ts";

/** A domain whose client was enrolled with its own key; something of the record may be changed before it is signed. */
async function enrolled({
  intros = (given: string[]) => given,
  state = (after: ClientStateDocument) => after,
  auth = { kind: "own-key", validitySec: 86_400 },
}: {
  readonly auth?: { kind: "own-key"; validitySec: number } | { kind: "company"; exact?: true };
  readonly intros?: (given: string[], ledger: SoftwareLedger) => string[];
  readonly state?: (after: ClientStateDocument) => ClientStateDocument;
} = {}): Promise<string> {
  const ledger = SoftwareLedger.found();
  const { domain } = ledger;
  const taken = softwareIntroduction(domain, "client-key");
  const command = domain.propose({
    act: "client.enrol",
    args: {
      label: "Shop",
      auth: { ...auth, key: taken.reference },
      grants: [{ ops: ["encrypt"], keys: { kind: "own" } }],
    },
  });
  const append = ledger.log.append.bind(ledger.log);
  ledger.log.append = (draft) =>
    append(draft.state?.kind === "client" ? { ...draft, state: state(draft.state) as State } : draft);
  ledger.apply(command, undefined, undefined, intros([taken.doc], ledger));
  return verifyBundle(await new SoftwareReporter(ledger).bundle()).then(
    () => "holds",
    (error: { code?: string }) => error.code ?? String(error),
  );
}

const other = (ledger: SoftwareLedger, kind: Introduction["object"]["kind"] = "client-key") =>
  softwareIntroduction(ledger.domain, kind, "somebody else").doc;

test("a client that was enrolled with the key that it gave to the agent holds", async () => {
  expect(await enrolled()).toBe("holds");
});

test("a key that was swapped beside the approved command is refused, as is one that is missing or too many", async () => {
  expect(await enrolled({ intros: (_given, ledger) => [other(ledger)] })).toBe("V_APPROVAL");
  expect(await enrolled({ intros: () => [] })).toBe("V_APPROVAL");
  expect(await enrolled({ intros: (given, ledger) => [...given, other(ledger, "custodian")] })).toBe("V_APPROVAL");
});

test("a client of another key than the one that was introduced is refused", async () => {
  const swapped = (after: ClientStateDocument) => ({ ...after, auth: { ...after.auth, spki: "A".repeat(43) } });
  expect(await enrolled({ state: swapped })).not.toBe("holds");
});

describe("a client of the company's authority", () => {
  const company = { kind: "company" } as const;
  const change = (auth: Partial<ClientStateDocument["auth"]>) => (after: ClientStateDocument) => ({
    ...after,
    auth: { ...after.auth, ...auth } as ClientStateDocument["auth"],
  });

  test("holds where exactly that was approved, and where any other authority was recorded it does not", async () => {
    expect(await enrolled({ auth: company })).toBe("holds");
    expect(await enrolled({ auth: company, state: change({ authority: undefined }) })).not.toBe("holds");
    expect(await enrolled({ state: change({ authority: "company" }) })).not.toBe("holds");
    expect(await enrolled({ auth: company, state: change({ certificate: "A".repeat(43) }) })).not.toBe("holds");
  });

  test("is known by one certificate only where that one was introduced", async () => {
    const exact = { ...company, exact: true } as const;
    expect(await enrolled({ auth: exact })).not.toBe("holds");
    expect(await enrolled({ auth: exact, state: change({ certificate: "A".repeat(43) }) })).not.toBe("holds");
  });
});
