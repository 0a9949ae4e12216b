"use client";
import { useState } from "react";
import { Dialog } from "@/components/dialog.tsx";
import { Digest } from "@/components/digest.tsx";
import { FileField } from "@/components/file-field.tsx";
import { showCount } from "@/components/number-text.ts";
import { Facts } from "@/components/panel.tsx";
import { ProblemNotice } from "@/components/problem.tsx";
import { Skeleton } from "@/components/skeleton.tsx";
import { showDate } from "@/components/time-text.ts";
import { ReviewProposal } from "@/features/approvals/review-proposal.tsx";
import { useStanding } from "@/features/custody/use-standing.ts";
import { type ReadRelease, type ReleaseReading, readRelease } from "./release-order.ts";

/** Longest order: manifest, shares with their chain, and approvals. */
const MAX_ORDER_BYTES = 12_000_000;

/** Takes the file that a new key server wrote, shows what it asks for, and proposes exactly that. */
export function ReleaseDialog({ onClose }: { onClose: () => void }) {
  const standing = useStanding();
  const [reading, setReading] = useState<ReleaseReading | null>(null);
  const ready = standing.level === "checked" || standing.level === "consistent";
  const read = async (file: File) => {
    if (!ready) return;
    const { tid, roster } = standing;
    const text = file.size > MAX_ORDER_BYTES ? "" : await file.text();
    setReading(await readRelease(text, { tid, seq: roster.seq, hash: roster.hash }, Math.floor(Date.now() / 1000)));
  };
  const release = reading?.release ?? null;
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? null : onClose())}
      title="Release a backup to a new key server"
      wide={release !== null}
    >
      {!ready ? (
        <Skeleton rows={3} />
      ) : release ? (
        <Review release={release} onClose={onClose} />
      ) : (
        <div className="space-y-4">
          <p>
            On a new machine <code className="font-mono text-sm">holdfast-agent escrow release</code> waits with the
            backup. It has nothing of it yet, and made a fresh key for this release alone. With{" "}
            <code className="font-mono text-sm">--order FILE</code> it writes down what it asks for; there is no secret
            in that file.
          </p>
          <FileField
            label="The new key server's request"
            hint="It is checked in this browser. Only the request itself goes to your key server."
            accept=".json,application/json"
            onFile={read}
          />
          {reading?.problem ? <ProblemNotice problem={reading.problem} /> : null}
          <p className="border-t pt-3 text-muted">
            From here it reaches a key server that still runs: for a rehearsal, a move, or with a second one. Where the
            only one is lost, administrators approve at the new one&apos;s own page; its console prints the address.
          </p>
        </div>
      )}
    </Dialog>
  );
}

function Review({ release, onClose }: { release: ReadRelease; onClose: () => void }) {
  const { draft, made, keys, need, custodians, recipient, exp } = release;
  return (
    <div className="space-y-4">
      <div className="rounded-lg border">
        <Facts
          rows={[
            ["The backup", `of ${showDate(made, "exact")}, ${showCount(keys, "key")}`],
            ["Opened by", `any ${need} of ${custodians.join(", ")}`],
            ["Sealed to", <Digest key="to" value={recipient} />],
            ["Good until", showDate(exp, "moment")],
          ]}
        />
      </div>
      <p className="text-sm text-muted">
        “Sealed to” is the new key server&apos;s fresh key: what custodians give opens there and nowhere else. It is
        gone when that program ends.
      </p>
      <ReviewProposal drafts={[draft]} action="Propose: release it" danger onClose={onClose}>
        <ol className="list-decimal space-y-1.5 border-t pl-5 pt-3 text-muted">
          <li>Administrators approve at your key server&apos;s page, as always.</li>
          <li>
            The approvals are saved here, under “Releases”, and carried to the new machine, which takes them with{" "}
            <code className="font-mono text-sm">holdfast-agent command deliver</code>.
          </li>
          <li>
            Then any {need} of {custodians.join(", ")} give their shares there, one after the other, once its words are
            those on their own sheets. A share that does not open this backup is refused with its holder&apos;s name,
            and spoils nothing.
          </li>
        </ol>
      </ReviewProposal>
    </div>
  );
}
