import { type CanonicalObject, decodeBase64url, docHash, encodeBase64url } from "@holdfast/protocol";
import { applyByAll, livedLedger, PLAIN_KEY, SoftwareLedger, SoftwareReporter } from "@holdfast/testkit";
import { describe, expect, test } from "vitest";
import { verifyBundle } from "./verify-bundle.ts";

const utf8 = new TextEncoder();

/** A log that went on after a backup: one rule asks for two. What of it proves that is kept. */
function lost(seed = "restored") {
  const ledger = livedLedger({ seed, administrators: 2 });
  const { domain, log } = ledger;
  const link = domain.extend((roster) => ({
    ...roster,
    policy: roster.policy.map((rule) => (rule.act === "key.label" ? { ...rule, m: 2 } : rule)),
  }));
  const hash = docHash("roster", decodeBase64url(link.doc));
  const { n, leaf } = log.append({ kind: "roster", subject: hash, data: { seq: 1 } });
  const learnt = {
    leaf,
    proof: log.inclusion(n).map(encodeBase64url),
    checkpoint: encodeBase64url(utf8.encode(log.checkpoint())),
  };
  return { link, hash, roster: domain.roster, learnt };
}

/** The log of the backup a month later, with the link, as `data` says that it was learnt, and then as `after` has it. */
function restored(data: CanonicalObject, after?: (ledger: SoftwareLedger) => void): Promise<string> {
  return verified(data, after).then(
    ({ facts }) => `${facts.rosterLinks} links`,
    (error: { code?: string }) => error.code ?? String(error),
  );
}

async function verified(data: CanonicalObject, after: (ledger: SoftwareLedger) => void = accept) {
  const { link, hash, roster } = lost();
  const ledger = livedLedger({ seed: "restored", administrators: 2 });
  const { domain, log } = ledger;
  domain.clock.advance(30 * 86_400);
  domain.append(link, roster);
  log.append({ kind: "roster", subject: hash, data });
  after(ledger);
  return verifyBundle(await new SoftwareReporter(ledger).bundle());
}

function accept(ledger: SoftwareLedger): void {
  const { size, root } = ledger.log;
  applyByAll(ledger, ledger.domain.propose({ act: "restore.accept", args: { size, root } }));
}

const good = lost().learnt;

describe("a link that a restored agent learnt of", () => {
  test("holds a month later with the proof of the log that was lost", async () => {
    expect(await restored({ seq: 1, learnt: good })).toBe("2 links");
  });

  test("is called that, in the report's table and by the verifier, and no ordinary change", async () => {
    const { checks, content } = await verified({ seq: 1, learnt: good });
    expect(checks[0]?.text).toContain(
      "2 links from the genesis on; each signed by enough administrators; 1 of them learnt after a restore, each in force before by the signed log that was lost; now",
    );
    const said = content.tables.flatMap(({ rows }) => rows.flatMap((row) => row.map(({ text }) => text)));
    expect(said).toContain("Change of administrators or rules of before, learnt after a restore");
    expect(said).not.toContain("Administrators or rules changed");
    const ordinary = await verifyBundle(await new SoftwareReporter(livedLedger({ seed: "restored" })).bundle());
    expect(ordinary.checks[0]?.text).not.toContain("learnt");
  });

  test("does not hold without it, with another's, a shorter or a further one, or for another place", async () => {
    const other = SoftwareLedger.found({ seed: "another" }).log.checkpoint();
    const wrong: readonly CanonicalObject[] = [
      { seq: 1 },
      { seq: 2, learnt: good },
      { seq: 1, learnt: { ...good, proof: good.proof.slice(1) } },
      { seq: 1, learnt: { ...good, checkpoint: encodeBase64url(utf8.encode(other)) } },
      { seq: 1, learnt: { ...good, leaf: lost("another").learnt.leaf } },
    ];
    for (const data of wrong) expect(await restored(data)).toBe("V_ROSTER");
    expect(await restored({ seq: 1, learnt: { ...good, more: 1 } })).toBe("V_MALFORMED");
  });

  test("lets nothing but what tightens happen before people accept the restore", async () => {
    const create = (ledger: SoftwareLedger) =>
      applyByAll(ledger, ledger.domain.propose({ act: "key.create", args: { items: [PLAIN_KEY] } }));
    const lock = (ledger: SoftwareLedger) =>
      applyByAll(ledger, ledger.domain.propose({ act: "domain.lock", args: {} }));
    expect(await restored({ seq: 1, learnt: good }, (ledger) => void create(ledger))).toBe("V_STATE");
    expect(await restored({ seq: 1, learnt: good }, (ledger) => void lock(ledger))).toBe("2 links");
    const rekeyed = ({ log }: SoftwareLedger) => {
      log.append({ kind: "agent.rekey", subject: log.domain.agent.aid, data: { from: "file", to: "file" } });
    };
    expect(await restored({ seq: 1, learnt: good }, rekeyed)).toBe("2 links");
    const both = (ledger: SoftwareLedger) => {
      accept(ledger);
      create(ledger);
    };
    expect(await restored({ seq: 1, learnt: good }, both)).toBe("2 links");
  });
});
