"use client";
import { type PolicyRule, type Roster, ruledActWord } from "@holdfast/protocol";
import { useState } from "react";
import { Button } from "@/components/button.tsx";
import { Dialog } from "@/components/dialog.tsx";
import { CheckField, SelectField, TextField } from "@/components/field.tsx";
import type { AskedChange } from "./change-dialog.tsx";
import { actsWithoutRule, noDelayText, offersDelay, offersNoSelf } from "./rule-choices.ts";

const HOUR = 3_600;

/** One rule: how many, of which groups, after how long. Nothing is proposed here: the exact change is shown first. */
export function RuleForm({ roster, act, onAsk, onClose }: RuleFormProps) {
  const free = actsWithoutRule(roster.policy);
  const [chosen, setChosen] = useState<PolicyRule["act"]>(act ?? free[0] ?? "*");
  const before = ruleOf(roster, chosen);
  const [m, setM] = useState(before.m);
  const [groups, setGroups] = useState((before.groups ?? []).join(", "));
  const [noSelf, setNoSelf] = useState(before.noSelf === true);
  const [delayHours, setDelayHours] = useState(before.delaySec / HOUR);
  const [lifeHours, setLifeHours] = useState(before.maxTtlSec / HOUR);
  const waits = offersDelay(roster.policy, chosen);
  const delaySec = waits ? Math.round(delayHours * HOUR) : 0;
  const submit = () => {
    const names = [...new Set(groups.split(/[\s,]+/).filter((name) => name !== ""))].sort();
    const rule: PolicyRule = {
      ...{ act: chosen, m, delaySec, maxTtlSec: Math.round(lifeHours * HOUR) },
      ...(names.length > 0 ? { groups: names } : {}),
      ...(noSelf && offersNoSelf(chosen) ? { noSelf: true } : {}),
    };
    onAsk({ title: `Rule: ${ruledActWord(chosen)}`, change: { policy: withRule(roster.policy, rule) } });
  };
  const drop = () =>
    onAsk({
      title: `No rule of its own: ${ruledActWord(chosen)}`,
      change: { policy: roster.policy.filter((rule) => rule.act !== chosen) },
    });
  const hasOwn = chosen !== "*" && chosen !== "roster.update" && roster.policy.some((rule) => rule.act === chosen);
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? null : onClose())}
      title={act ? ruledActWord(act) : "A rule for one act"}
    >
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        {act ? null : (
          <SelectField
            label="For"
            value={chosen}
            options={free.map((each) => [each, ruledActWord(each)] as const)}
            onChange={(event) => setChosen(event.target.value as PolicyRule["act"])}
          />
        )}
        <TextField
          label="How many administrators approve"
          type="number"
          min={1}
          max={16}
          value={m}
          hint="At most as many as changing this list takes, and as there are."
          onChange={(event) => setM(event.target.valueAsNumber)}
        />
        <TextField
          label="Only of these groups (may stay empty)"
          value={groups}
          autoComplete="off"
          onChange={(event) => setGroups(event.target.value)}
        />
        {offersNoSelf(chosen) ? (
          <CheckField
            label="Who proposes it does not count"
            checked={noSelf}
            onChange={(event) => setNoSelf(event.target.checked)}
          />
        ) : null}
        {waits ? (
          <TextField
            label="Hours that it waits afterwards"
            type="number"
            min={0}
            step="any"
            value={delayHours}
            hint="Until then any administrator can stop it."
            onChange={(event) => setDelayHours(event.target.valueAsNumber)}
          />
        ) : (
          <p className="text-sm text-muted">{noDelayText(chosen)}</p>
        )}
        <TextField
          label="Hours in which it has to be approved"
          type="number"
          min={1}
          max={168}
          step="any"
          value={lifeHours}
          onChange={(event) => setLifeHours(event.target.valueAsNumber)}
        />
        <div className="flex flex-wrap gap-2">
          <Button tone="primary" type="submit" disabled={![m, delaySec, lifeHours].every(Number.isFinite)}>
            Show the exact change
          </Button>
          {hasOwn ? (
            <Button type="button" onClick={drop}>
              Remove this rule
            </Button>
          ) : null}
        </div>
      </form>
    </Dialog>
  );
}

interface RuleFormProps {
  roster: Roster;
  /** Null for a rule that is not there yet. */
  act: PolicyRule["act"] | null;
  onAsk: (asked: AskedChange) => void;
  onClose: () => void;
}

function ruleOf({ policy }: Roster, act: PolicyRule["act"]): PolicyRule {
  const found = policy.find((rule) => rule.act === act) ?? policy.find((rule) => rule.act === "*");
  return found ?? { act, m: 1, delaySec: 0, maxTtlSec: 72 * HOUR };
}

function withRule(policy: readonly PolicyRule[], rule: PolicyRule): PolicyRule[] {
  const others = policy.filter(({ act }) => act !== rule.act);
  return others.length === policy.length
    ? [...policy, rule]
    : policy.map((each) => (each.act === rule.act ? rule : each));
}
