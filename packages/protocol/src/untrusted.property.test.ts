import { SoftwareLedger, softwareIntroduction } from "@holdfast/testkit";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as protocol from "./index.ts";

const ledger = SoftwareLedger.found({ seed: "property", administrators: 2 });
const { domain, log } = ledger;
const command = domain.propose({
  act: "client.enrol",
  args: {
    label: "Shop",
    auth: { kind: "issued", validitySec: 86_400 },
    grants: [{ ops: ["encrypt"], keys: { kind: "all" } }],
  },
});
const applied = ledger.apply(command);
const last = log.entries.at(-1);
const bytesOf = (text: string | undefined) => protocol.decodeBase64url(text ?? "");

const OF_BYTES = {
  parseCommand: [protocol.parseCommand, command.bytes],
  parseEnvelope: [protocol.parseEnvelope, applied.envelope.bytes],
  parseRoster: [protocol.parseRoster, bytesOf(domain.links[0]?.doc)],
  parseReceipt: [protocol.parseReceipt, bytesOf(applied.signed.doc)],
  parseLeaf: [protocol.parseLeaf, bytesOf(last?.leaf)],
  parseState: [protocol.parseState, bytesOf(last?.state)],
  parseIntroduction: [protocol.parseIntroduction, softwareIntroduction(domain, "client-key").bytes],
  parseCanonical: [protocol.parseCanonical, command.bytes],
} as const;

const OF_JSON = {
  parseApproval: [protocol.parseApproval, applied.envelope.envelope.approvals[0]],
  parseRosterLink: [protocol.parseRosterLink, domain.links[0]],
  parseRosterChain: [protocol.parseRosterChain, domain.links],
  parseSigned: [protocol.parseSigned, applied.signed],
  parseEntry: [protocol.parseEntry, last],
} as const;

function expectRefusalByCode(act: () => unknown): void {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(protocol.HoldfastError);
  }
}

/** Any JSON, and a real document in which something became anything. */
function disturbed(real: unknown): fc.Arbitrary<unknown> {
  const anything = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom(undefined, Number.NaN, -0, "__proto__", 2 ** 53),
  );
  const changed = fc
    .tuple(fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 6 }), anything)
    .map(([path, value]) => {
      const copy = structuredClone({ real });
      let place: Record<string, unknown> = copy as Record<string, unknown>;
      let name = "real";
      for (const step of path) {
        const next = place[name];
        if (typeof next !== "object" || next === null) break;
        const names = Object.keys(next);
        place = next as Record<string, unknown>;
        name = names[step % Math.max(1, names.length)] ?? "added";
      }
      place[name] = value;
      return copy.real;
    });
  return fc.oneof(anything, changed);
}

describe("what comes from outside", () => {
  test.each(Object.entries(OF_BYTES))(
    "%s answers any bytes with a document or a refusal by code",
    (_, [parse, real]) => {
      const flipped = fc.tuple(fc.nat(), fc.nat({ max: 255 })).map(([at, byte]) => {
        const bytes = new Uint8Array(real);
        bytes[at % bytes.length] = byte;
        return bytes;
      });
      const json = disturbed(JSON.parse(new TextDecoder().decode(real))).map((value) =>
        new TextEncoder().encode(JSON.stringify(value) ?? ""),
      );
      fc.assert(
        fc.property(fc.oneof(flipped, json, fc.uint8Array({ maxLength: 200 })), (bytes) =>
          expectRefusalByCode(() => parse(bytes)),
        ),
        { numRuns: 500 },
      );
    },
  );

  test.each(Object.entries(OF_JSON))(
    "%s answers any value with a document or a refusal by code",
    (_, [parse, real]) => {
      fc.assert(
        fc.property(disturbed(real), (value) => expectRefusalByCode(() => parse(value))),
        { numRuns: 500 },
      );
    },
  );

  test("a chain, a link, a receipt and an entry with anything in them are refused by code", async () => {
    const verified = await domain.verified();
    const attempt = async (act: () => unknown) => {
      try {
        await act();
      } catch (error) {
        expect(error).toBeInstanceOf(protocol.HoldfastError);
      }
    };
    await fc.assert(
      fc.asyncProperty(
        disturbed(domain.links),
        disturbed(applied.signed),
        disturbed(last),
        async (links, signed, entry) => {
          await attempt(() => protocol.verifyRosterChain(protocol.parseRosterChain(links)));
          await attempt(() =>
            protocol.acceptRosterLink(verified.head, protocol.parseRosterLink((links as unknown[] | null)?.[0]), null),
          );
          await attempt(() => protocol.verifyReceipt(protocol.parseSigned(signed), domain.agent.aik.coseText));
          await attempt(() => protocol.openEntry(protocol.parseEntry(entry)));
        },
      ),
      { numRuns: 150 },
    );
  });

  test("is never kept: what a parser returns shares nothing with what it was given", () => {
    const given = structuredClone({ ...applied.envelope.envelope.approvals[0], list: [command.hash as string] });
    const parsed = protocol.parseApproval(given);
    given.list.push("changed afterwards");
    expect(parsed.list).toEqual([command.hash]);
  });
});
