import { type RosterChangeDescription, ruledActWord } from "@holdfast/protocol";
import { Badge, type Tone } from "@/components/badge.tsx";

const TONES: Readonly<Record<string, Tone>> = { added: "good", removed: "danger", changed: "quiet" };

/** What a change does: people and machines, then every rule before and after. */
export function ChangeLines({ plain }: { plain: RosterChangeDescription }) {
  return (
    <>
      {plain.lines.length > 0 ? (
        <ul className="space-y-1.5">
          {plain.lines.map(({ kind, text, danger }) => (
            <li key={text} className="flex items-baseline gap-2.5">
              <Badge tone={danger ? "danger" : (TONES[kind] ?? "quiet")}>{kind}</Badge>
              <span className="min-w-0 [overflow-wrap:anywhere]">{text}</span>
            </li>
          ))}
        </ul>
      ) : null}
      {plain.rules.length > 0 ? (
        <ul className="divide-y rounded-lg border">
          {plain.rules.map(({ act, before, after, loosens }) => (
            <li key={act} className="px-3.5 py-2">
              <p className="flex flex-wrap items-center gap-2 font-medium">
                {ruledActWord(act)} {loosens ? <Badge tone="danger">asks for less</Badge> : null}
              </p>
              <p className="text-muted">
                <span className="sr-only">Before: </span>
                <s>{before}</s>
              </p>
              <p>
                <span className="sr-only">After: </span>
                {after}
              </p>
            </li>
          ))}
        </ul>
      ) : null}
    </>
  );
}
