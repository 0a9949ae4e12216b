"use client";
import { type PolicyRule, type Roster, ruledActWord } from "@holdfast/protocol";
import { useState } from "react";
import { Button } from "@/components/button.tsx";
import { Cell, HeadCell, Table } from "@/components/table.tsx";
import { showDuration } from "@/components/time-text.ts";
import type { AskedChange } from "./change-dialog.tsx";
import { RuleForm } from "./rule-form.tsx";

/** What each act needs: of how many, of whom, after which wait; each rule can be changed. */
export function RuleTable({ roster, onAsk }: { roster: Roster; onAsk: (asked: AskedChange) => void }) {
  const [edited, setEdited] = useState<PolicyRule["act"] | "new" | null>(null);
  return (
    <>
      <Table
        label="Rules"
        head={
          <>
            <HeadCell>For</HeadCell>
            <HeadCell>Approvals</HeadCell>
            <HeadCell>Waits</HeadCell>
            <HeadCell>A request lasts</HeadCell>
            <HeadCell>
              <span className="sr-only">Actions</span>
            </HeadCell>
          </>
        }
      >
        {roster.policy.map((rule) => (
          <RuleRow key={rule.act} rule={rule} onEdit={() => setEdited(rule.act)} />
        ))}
      </Table>
      <div className="flex flex-wrap gap-2 border-t px-4 py-2.5">
        <Button size="small" onClick={() => setEdited("new")}>
          A rule for one act
        </Button>
        <Button
          size="small"
          tone="plain"
          onClick={() => onAsk({ title: "Back to the default rules", change: { policy: "default" } })}
        >
          Default rules
        </Button>
      </div>
      {edited ? (
        <RuleForm
          roster={roster}
          act={edited === "new" ? null : edited}
          onClose={() => setEdited(null)}
          onAsk={(asked) => {
            setEdited(null);
            onAsk(asked);
          }}
        />
      ) : null}
    </>
  );
}

function RuleRow({ rule, onEdit }: { rule: PolicyRule; onEdit: () => void }) {
  const { act, m, groups, noSelf, delaySec, maxTtlSec } = rule;
  return (
    <tr>
      <Cell>
        {ruledActWord(act)}
        {act === "*" || act === "roster.update" ? null : (
          <code className="block font-mono text-sm text-muted max-sm:inline max-sm:pl-2">{act}</code>
        )}
      </Cell>
      <Cell label="Approvals" className="tabular">
        {m}
        {groups ? ` of ${groups.join(" or ")}` : ""}
        {noSelf ? ", besides who proposed it" : ""}
      </Cell>
      <Cell label="Waits" className="text-muted">
        {delaySec ? showDuration(delaySec) : "no"}
      </Cell>
      <Cell label="A request lasts" className="text-muted">
        {showDuration(maxTtlSec)}
      </Cell>
      <Cell className="text-right">
        <Button size="small" tone="plain" aria-label={`Change the rule: ${ruledActWord(act)}`} onClick={onEdit}>
          Change
        </Button>
      </Cell>
    </tr>
  );
}
