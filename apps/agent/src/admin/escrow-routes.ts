import type { Agent } from "../agent.ts";
import { readBackupFile } from "../custody/backup/backup-file.ts";
import { CustodyError } from "../custody/errors.ts";
import type { Domain } from "../domain.ts";
import { HttpRefusal } from "../json-http/http-refusal.ts";
import type { EscrowAnswer } from "./answers.ts";

/** Who holds shares, which backups they open, and when each last proved a share. */
export function escrowView({ keystore, index, drills }: Domain): EscrowAnswer {
  const plan = keystore.domain().escrow ?? null;
  const seats = new Map(plan?.custodians.map(({ seat, label }) => [seat, label]));
  const backups = index.escrowedBackups().map(({ at, hash, k, seats: held }) => ({
    ...{ at, hash, k, n: held.length, drillsLeft: drills.left(hash) },
    reescrowDue: plan !== null && (k !== plan.k || held.some((seat) => !seats.has(seat))),
  }));
  return {
    k: plan?.k ?? 0,
    recoveryFile: plan?.recoveryFile ?? true,
    custodians: (plan?.custodians ?? []).map(({ seat, label, routes }) => ({
      ...{ seat, label, routes: routes.map(({ route }) => route) },
      drilledAt: index.drilledAt(seat),
    })),
    backups,
    reescrowDue: backups.filter(({ reescrowDue }) => reescrowDue).length,
  };
}

/**
 * Begins a drill with a backup file, which is verified whole before.
 *
 * @throws {@link CustodyError} `E_BACKUP_…`, `E_DRILL` for another domain's backup or one without custodians
 */
export async function beginDrill(agent: Agent, domain: Domain, path: string, reason: string) {
  const { escrow: trailer } = await readBackupFile(path);
  if (trailer === null)
    throw new CustodyError(
      "E_DRILL",
      "No custodian holds a share of this backup: its recovery file opens it, and there is nothing for custodians to practise.",
      {},
      "Try it with `holdfast-agent backup verify FILE --recovery FILE`. To have custodians, set them (`holdfast-agent escrow enrol`), and drill with a backup made after that.",
    );
  if (trailer.tid !== domain.tid)
    throw new CustodyError(
      "E_DRILL",
      "The backup is of another environment.",
      {},
      "Name a backup of this key server's own.",
    );
  if (domain.drills.left(trailer.hash) === 0)
    throw new CustodyError("E_DRILL", "This key server can judge no drill of this backup: take a newer one.");
  domain.drills.offer(trailer);
  const request = { act: "escrow.drill", args: { backup: trailer.hash }, reason, wait: false };
  const answer = await domain.admission.act(request);
  if (answer.outcome === "applied" || answer.outcome === "pending") {
    if (!domain.drills.knows(answer.hash)) domain.drills.begin(answer.hash, trailer);
  } else throw new HttpRefusal(409, answer.code ?? "E_REFUSED", answer.what ?? "The drill was refused.");
  const custodianUrl = agent.pageOrigin === null ? null : `${agent.pageOrigin}/custodian`;
  return { ...answer, backup: trailer.hash, custodianUrl };
}
