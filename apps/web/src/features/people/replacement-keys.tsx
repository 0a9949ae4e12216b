"use client";
import { isLocalDomain, type RecoveryKey, type Roster, replacementKeyName } from "@holdfast/protocol";
import { useState } from "react";
import { Button } from "@/components/button.tsx";
import { Dialog } from "@/components/dialog.tsx";
import { Notice } from "@/components/notice.tsx";
import { Panel } from "@/components/panel.tsx";
import { showDate, showDuration } from "@/components/time-text.ts";
import type { AskedChange } from "./change-dialog.tsx";
import type { IntroducedKey } from "./read-link.ts";
import { ReplacementRules } from "./replacement-rules.tsx";

interface Props {
  roster: Roster;
  /** Given to a key server by their holders, and not in the list yet. */
  introduced: readonly IntroducedKey[];
  onAsk: (asked: AskedChange) => void;
}

/** Who comes back when every passkey is lost: the replacement keys, how many a recovery takes, and every change of them. */
export function ReplacementKeys({ roster, introduced, onAsk }: Props) {
  const [open, setOpen] = useState<"rules" | "invite" | null>(null);
  const { keys, m, delaySec } = roster.recovery;
  const local = isLocalDomain(roster);
  return (
    <Panel title="Replacement keys" hint="they replace lost passkeys; they open no data">
      {keys.length === 0 ? (
        <div className="px-4 py-3.5">
          <Notice tone="warning" title="No replacement key">
            <p>
              {local
                ? "Whoever has the key server's machine decides here. A replacement key comes with the first administrator who has a passkey."
                : "If everybody loses their passkeys, nobody approves ever again. Invite somebody to keep one."}
            </p>
          </Notice>
        </div>
      ) : (
        <>
          <p className="border-b px-4 py-3">
            A recovery takes {m} of {keys.length} and waits {showDuration(delaySec)}. Everybody is told meanwhile.
          </p>
          <ul className="divide-y">
            {keys.map((key) => (
              <KeyRow key={key.cose} entry={key} isLast={keys.length === 1} m={m} keys={keys.length} onAsk={onAsk} />
            ))}
          </ul>
        </>
      )}
      {introduced.length > 0 ? (
        <ul className="divide-y border-t" aria-label="Introduced replacement keys">
          {introduced.map((one) => (
            <IntroducedRow key={one.hash} introduced={one} old={keys} onAsk={onAsk} />
          ))}
        </ul>
      ) : null}
      {local ? null : (
        <div className="flex flex-wrap gap-2 border-t px-4 py-2.5">
          <Button size="small" onClick={() => setOpen("invite")}>
            A further replacement key
          </Button>
          {keys.length > 0 ? (
            <Button size="small" tone="plain" onClick={() => setOpen("rules")}>
              How many, how long
            </Button>
          ) : null}
        </div>
      )}
      {open === "rules" ? (
        <ReplacementRules
          recovery={roster.recovery}
          onClose={() => setOpen(null)}
          onAsk={(asked) => {
            setOpen(null);
            onAsk(asked);
          }}
        />
      ) : null}
      {open === "invite" ? <HowToInvite onClose={() => setOpen(null)} /> : null}
    </Panel>
  );
}

function KeyRow({ entry, isLast, m, keys, onAsk }: KeyRowProps) {
  const name = replacementKeyName(entry);
  const ask = () =>
    onAsk({
      title: `Remove replacement key ${name}`,
      change: { recovery: { remove: [entry.cose], ...(m > keys - 1 ? { m: keys - 1 } : {}) } },
    });
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2.5">
      <code className="min-w-0 flex-1 font-mono text-sm">{name}</code>
      {isLast ? (
        <span className="text-sm text-muted">the only one: it goes when another takes its place</span>
      ) : (
        <Button size="small" tone="plain" aria-label={`Remove replacement key ${name}`} onClick={ask}>
          Remove
        </Button>
      )}
    </li>
  );
}

interface KeyRowProps {
  entry: RecoveryKey;
  isLast: boolean;
  m: number;
  keys: number;
  onAsk: (asked: AskedChange) => void;
}

function IntroducedRow({ introduced, old, onAsk }: IntroducedRowProps) {
  const { label, object, until } = introduced.introduction;
  const name = replacementKeyName(object.key);
  const ask = (remove: readonly string[]) => () =>
    onAsk({
      title:
        remove.length === 0 ? `Add the replacement key of ${label}` : `Put the key of ${label} in place of the others`,
      change: { recovery: { add: [object.key], remove, ...(remove.length === 0 ? {} : { m: 1 }) } },
      intros: [introduced.doc],
    });
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3.5">
      <div className="min-w-0 flex-1 basis-60">
        <p className="font-semibold [overflow-wrap:anywhere]">
          {label} keeps <code className="font-mono text-sm">{name}</code>
        </p>
        <p className="text-muted">
          It counts for nothing yet. Until {showDate(until, "moment")}; whoever approves hears eight words from {label}.
        </p>
      </div>
      {old.length > 0 ? <Button onClick={ask(old.map(({ cose }) => cose))}>In place of the others</Button> : null}
      <Button tone="primary" onClick={ask([])}>
        Add it
      </Button>
    </li>
  );
}

interface IntroducedRowProps {
  introduced: IntroducedKey;
  old: readonly RecoveryKey[];
  onAsk: (asked: AskedChange) => void;
}

function HowToInvite({ onClose }: { onClose: () => void }) {
  return (
    <Dialog open onOpenChange={(open) => (open ? null : onClose())} title="A further replacement key">
      <div className="space-y-4">
        <ol className="list-decimal space-y-2 pl-5">
          <li>
            Whoever runs the key server makes a one-use address there, for the person who is to keep the key. It is
            printed at its console and nowhere else.
          </li>
          <li>
            That person opens it, and prints or writes down 24 words, which never leave their browser. Then they see
            eight others.
          </li>
          <li>
            The key appears here as introduced. Propose it, and have the eight words read to whoever approves. It is in
            force after the delay; any present replacement key can stop it until then.
          </li>
        </ol>
        <p className="text-muted">
          The key server&apos;s own documentation says how, under “When a passkey is lost”. This page never asks you to
          paste a command there.
        </p>
      </div>
    </Dialog>
  );
}
