"use client";
import { Badge } from "@/components/badge.tsx";
import { CommandText } from "@/components/command-text.tsx";
import { Digest } from "@/components/digest.tsx";
import { Age, useNow } from "@/components/moment.tsx";
import { Notice } from "@/components/notice.tsx";
import { showCount, showNumber } from "@/components/number-text.ts";
import { PageHeader } from "@/components/page-header.tsx";
import { Facts, Panel } from "@/components/panel.tsx";
import { ProblemNotice } from "@/components/problem.tsx";
import { Skeleton } from "@/components/skeleton.tsx";
import { useStanding } from "@/features/custody/use-standing.ts";
import { agentCondition, troublesOf } from "./agent-troubles.ts";
import { BackupNotice } from "./backup-notice.tsx";
import { useAgentList } from "./use-agents.ts";

const KEK: Record<string, string> = {
  file: "in a file on the same host",
  credential: "given by its host's service manager",
  passphrase: "from a passphrase given at start",
  shares: "from several custodians' shares given at start",
  pkcs11: "in a hardware module",
};

/** One key server: what it says of itself, and what of that this browser has proved. */
export function AgentDetail({ aid }: { aid: string }) {
  const now = useNow();
  const standing = useStanding();
  const { rows, loading, problem } = useAgentList();
  const agent = rows.find((each) => each.aid === aid);
  if (problem) return <ProblemNotice problem={problem} />;
  if (loading) return <Skeleton rows={6} />;
  if (!agent) {
    return (
      <Notice tone="warning" title="There is no such key server here">
        <p>It was never linked to this environment, or has left it. See the list of key servers.</p>
      </Notice>
    );
  }
  const [word, tone] = agentCondition(agent, now);
  const proved = standing.level === "checked" || standing.level === "consistent";
  const inRoster = proved && standing.agents.includes(aid);
  return (
    <>
      <PageHeader
        title={agent.name}
        badges={<Badge tone={tone}>{word}</Badge>}
        detail={
          <>
            <Digest value={agent.aid} /> · heard {agent.lastSeenAt === null ? "never" : <Age at={agent.lastSeenAt} />}
          </>
        }
      />
      {troublesOf(agent, now).map(({ word, tone, title, means, next }) => (
        <Notice key={word} tone={tone} title={`${agent.name} ${title}`}>
          <p>{means}</p>
          <p>
            <CommandText text={next} />
          </p>
        </Notice>
      ))}
      <Panel
        title="Measured and proved"
        hint={
          standing.level === "checked" ? "checked by your browser" : "consistent at most, until you compare the words"
        }
      >
        <Facts
          rows={[
            [
              "In the administrators' list",
              inRoster ? "yes: its keys are in the signed list" : "not proved in this browser",
            ],
            [
              "Log head",
              proved
                ? `${showNumber(standing.head.size)} entries, signed by a key server of this environment`
                : "not checked yet",
            ],
          ]}
        />
      </Panel>
      <BackupNotice />
      <Panel title="Backups" hint="by its own word; each entry of a backup is in the custody log">
        <Facts
          rows={[
            ["Keys in no backup", agent.unbacked === null ? "not reported" : showNumber(agent.unbacked)],
            ["Newest, read back", agent.backupAt === null ? "none yet" : <Age key="backup" at={agent.backupAt} />],
            [
              "Made",
              agent.backupPlaces === null
                ? "by hand only"
                : `by itself, to ${showCount(agent.backupPlaces, "destination")}`,
            ],
            ["Failing", agent.backupFailing ?? "none"],
          ]}
        />
      </Panel>
      <Panel title="Its own word" hint="reported, not attested by hardware">
        <Facts
          rows={[
            ["Version", agent.version ?? "unknown"],
            ["Build", agent.build ? <Digest key="build" value={agent.build} full /> : "not reported"],
            ["Key-encryption key", KEK[agent.kek ?? ""] ?? "not reported"],
            ["FIPS", agent.fips ?? "not claimed"],
            ["REST", agent.rest ? <Digest key="rest" value={agent.rest} full /> : "off"],
            ["KMIP", agent.kmip ? <Digest key="kmip" value={agent.kmip} full /> : "off"],
            ["Approval page", agent.page ? <Digest key="page" value={agent.page} full /> : "off"],
            ["Keys and clients", `${showCount(agent.keys ?? 0, "key")} · ${showCount(agent.clients ?? 0, "client")}`],
          ]}
        />
      </Panel>
    </>
  );
}
