import { Badge } from "@/components/badge.tsx";
import { Digest } from "@/components/digest.tsx";
import { Panel } from "@/components/panel.tsx";
import { Cell, HeadCell, Table } from "@/components/table.tsx";
import { showDate } from "@/components/time-text.ts";
import type { KeyRecord } from "./key-row.ts";
import { StateBadge } from "./state-badge.tsx";

const HINTS: Readonly<Record<string, string>> = {
  active: "old ones still open what they encrypted",
  deactivated: "all open what they encrypted",
  compromised: "all open what they encrypted",
  suspended: "none opens anything until the key is resumed",
};

/** Versions, newest first: which one encrypts, which ones still open old data. */
export function KeyVersions({ record }: { record: KeyRecord }) {
  const { versions } = record;
  return (
    <Panel title="Versions" hint={versions.length > 1 ? HINTS[record.state] : undefined}>
      <Table
        label="Versions"
        head={
          <>
            <HeadCell>version</HeadCell>
            <HeadCell>state</HeadCell>
            <HeadCell>protected from – to</HeadCell>
            <HeadCell className="text-right">commitment</HeadCell>
          </>
        }
      >
        {versions.toReversed().map((version) => (
          <tr key={version.version}>
            <Cell className="font-medium tabular">v{version.version}</Cell>
            <Cell>
              {record.state !== "active" && version.state === "active" ? (
                <StateBadge state={record.state} />
              ) : version.version === record.current || version.state !== "active" ? (
                <StateBadge state={version.state} />
              ) : (
                <Badge>opens only</Badge>
              )}
            </Cell>
            <Cell label="protected" className="whitespace-nowrap text-muted tabular">
              {showDate(version.created)} – {nextStart(record, version.version)}
            </Cell>
            <Cell label="commitment" className="text-right text-muted">
              <Digest value={version.commit} />
            </Cell>
          </tr>
        ))}
      </Table>
    </Panel>
  );
}

function nextStart(record: KeyRecord, version: number): string {
  const next = record.versions.find((each) => each.version === version + 1);
  if (next) return showDate(next.created);
  return record.endedAt === null ? "" : showDate(record.endedAt);
}
