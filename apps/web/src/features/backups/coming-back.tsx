"use client";
import Link from "next/link";
import type { ReactNode } from "react";
import { Badge } from "@/components/badge.tsx";
import { Age, useNow } from "@/components/moment.tsx";
import { showCount, showNumber } from "@/components/number-text.ts";
import { Facts, Panel } from "@/components/panel.tsx";
import { useBackups } from "@/features/agents/use-backups.ts";
import { useHasToken } from "@/features/agents/use-has-token.ts";
import { usePlace } from "@/features/environment/environment-context.tsx";
import { isForPresent } from "./escrow-facts.ts";
import type { Escrow } from "./use-escrow.ts";

/** A quarter and a month: after that a drill is late. */
const DRILL_SECONDS = 120 * 86_400;

/** What would come back if the key server were lost now, and who would open it. */
export function ComingBack({ escrow }: { escrow: Escrow }) {
  const { unbacked, newestAt } = useBackups();
  const [newest] = escrow.backups;
  return (
    <Panel title="If the key server were lost now">
      <Facts
        rows={[
          [
            "Keys in no backup",
            unbacked === null ? (
              "not reported yet"
            ) : (
              <Unbacked key="unbacked" count={unbacked} made={newest !== undefined} />
            ),
          ],
          [
            "Newest backup",
            newest === undefined ? (
              <Line key="newest" tone="warning" word="none">
                None was made yet.
              </Line>
            ) : newest.to !== null && newestAt === null && unbacked !== null ? (
              <Line key="newest" tone="warning" word="none is there">
                The newest on record was put <Age at={newest.at} /> at {newest.to.join(", ")}, and counts no more ·{" "}
                <EntryLink n={newest.n} />
              </Line>
            ) : (
              <Line key="newest" tone="good" word={newest.to === null ? "made" : "read back, verified"}>
                <Age at={newestAt ?? newest.at} />,{" "}
                {newest.to === null
                  ? "by hand: where the file went is known to you alone"
                  : `at ${newest.to.join(", ")}`}{" "}
                · <EntryLink n={newest.n} />
              </Line>
            ),
          ],
          ["Opened by", <OpenedBy key="opened" escrow={escrow} />],
          ["Last drill", <LastDrill key="drill" escrow={escrow} />],
        ]}
      />
    </Panel>
  );
}

function Unbacked({ count, made }: { count: number; made: boolean }) {
  const hasToken = useHasToken();
  const besides = hasToken
    ? " Keys in a hardware token are in none of ours: only the token's own backup holds them."
    : "";
  if (count > 0) {
    return (
      <Line tone="warning" word={showNumber(count)}>
        Lost with the key server&apos;s disk until the next backup.{besides}
      </Line>
    );
  }
  return (
    <Line tone="good" word="none">
      {made ? "Every key is in a backup." : "There is no key yet."}
      {besides}
    </Line>
  );
}

function OpenedBy({ escrow: { plan, backups, entry } }: { escrow: Escrow }) {
  const [newest] = backups;
  if (plan === null) {
    return (
      <Line tone="warning" word="one file">
        The recovery file of its set-up and that file&apos;s passphrase: whoever has both needs nobody, and who loses
        one of them opens nothing. Custodians mend that.
      </Line>
    );
  }
  const who = `any ${plan.k} of ${plan.custodians.length} custodians${plan.recoveryFile ? ", or the recovery file alone" : ""}`;
  if (newest !== undefined && !isForPresent(newest, plan)) {
    return (
      <Line tone="danger" word="not yet">
        From the next backup on {who}. The newest one is still for those who were it before: back up now.
      </Line>
    );
  }
  const lost = plan.custodians.length - plan.k;
  return (
    <Line tone={lost === 0 ? "warning" : "good"} word={`${plan.k} of ${plan.custodians.length}`}>
      {who}; {lost === 0 ? "none of them may be lost" : `${showCount(lost, "custodian")} may be lost`}
      {entry === null ? null : (
        <>
          {" "}
          · <EntryLink n={entry} />
        </>
      )}
    </Line>
  );
}

function LastDrill({ escrow: { plan, drills } }: { escrow: Escrow }) {
  const now = useNow(60_000);
  const last = drills.find(({ proofs }) => proofs.length > 0);
  if (plan === null) return <>There are no custodians to drill. Try the recovery file itself once a quarter.</>;
  if (last === undefined) {
    return (
      <Line tone="warning" word="never">
        Nobody has shown that a share opens. Start a drill: it restores nothing.
      </Line>
    );
  }
  const proved = new Set(last.proofs.map(({ seat }) => seat));
  const present = plan.custodians.filter(({ seat }) => proved.has(seat));
  const enough = present.length >= plan.k;
  const late = now - last.at > DRILL_SECONDS;
  return (
    <Line tone={enough && !late ? "good" : "warning"} word={late ? "late" : enough ? "enough proved" : "too few"}>
      <Age at={last.at} />:{" "}
      {present.length === 0 ? "nobody who is a custodian today" : present.map(({ label }) => label).join(", ")} ·{" "}
      {plan.k} needed · <EntryLink n={last.n} />
    </Line>
  );
}

/** The way to an entry of the log. */
export function EntryLink({ n }: { n: number }) {
  const place = usePlace();
  return (
    <Link href={place.at(`log?entry=${n}`)} className="rounded text-accent underline underline-offset-2">
      entry {n}
    </Link>
  );
}

function Line({ tone, word, children }: { tone: "good" | "warning" | "danger"; word: string; children: ReactNode }) {
  return (
    <span className="flex flex-wrap items-baseline gap-x-2.5 gap-y-1">
      <Badge tone={tone}>{word}</Badge>
      <span className="min-w-0 flex-1 basis-56">{children}</span>
    </span>
  );
}
