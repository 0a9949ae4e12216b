"use client";
import dynamic from "next/dynamic";
import Link from "next/link";
import { Button } from "@/components/button.tsx";
import { PageHeader } from "@/components/page-header.tsx";
import { ProblemNotice } from "@/components/problem.tsx";
import { Skeleton } from "@/components/skeleton.tsx";
import { Step, type StepState } from "@/components/steps.tsx";
import { EnrolmentToken } from "@/features/agents/enrolment-token.tsx";
import { useStanding } from "@/features/custody/use-standing.ts";
import { usePlace } from "@/features/environment/environment-context.tsx";
import { useEnvironment } from "@/features/environment/use-environment.ts";
import { ConnectTrouble } from "./connect-trouble.tsx";
import { FirstUse } from "./first-use.tsx";
import { FoundedAlready } from "./founded-already.tsx";
import { useFirstObjects } from "./use-first-objects.ts";

const FirstProposal = dynamic(() => import("./first-proposal.tsx").then((module) => module.FirstProposal), {
  ssr: false,
});

const CompareWords = dynamic(() => import("./compare-words.tsx").then((module) => module.CompareWords), { ssr: false });

/** From an empty environment to the first encrypted byte, in four steps that survive a reload. */
export function Start() {
  const place = usePlace();
  const environment = useEnvironment(2_000);
  const standing = useStanding();
  const first = useFirstObjects();
  if (!environment.data || standing.level === "loading") return <Skeleton rows={6} />;
  const compared = standing.level === "checked";
  const linked = compared || standing.level === "consistent" || standing.level === "alarm";
  const at = !linked ? 1 : !compared ? 2 : first.made ? 4 : 3;
  if (at >= 3 && first.loading) return <Skeleton rows={6} />;
  const state = (step: number): StepState => (step < at ? "done" : step === at ? "now" : "next");
  return (
    <>
      <PageHeader
        title={at === 4 ? `${environment.data.name} is ready` : `Where will the keys of ${environment.data.name} live?`}
        detail={
          at < 4
            ? "In a process on a machine of yours, the key server. It dials out to this dashboard and obeys your approval passkey, nothing else."
            : first.key && first.client
              ? "Next: encrypt something with step 4, then give each of your secrets a key of its own."
              : "No active key or no active client is left to encrypt with. Next: make what is missing."
        }
      />
      {standing.level === "alarm" ? <ProblemNotice problem={standing.problem} /> : null}
      <ol className="max-w-[720px] rounded-[10px] border bg-panel p-5 sm:p-6">
        <Step number={1} title="Connect your key server" state={state(1)} summary="It reports here.">
          <EnrolmentToken />
          <p role="status" className="breathe text-muted">
            Waiting for your key server…
          </p>
          <ConnectTrouble />
          <FoundedAlready />
        </Step>
        <Step
          number={2}
          title="Compare three words"
          state={state(2)}
          summary="Checked: this browser holds your key server to what you compared."
        >
          {standing.level === "consistent" ? <CompareWords standing={standing} /> : null}
        </Step>
        <Step
          number={3}
          title="Make the first key and the first client"
          state={state(3)}
          summary={first.key && first.client ? `${first.key.label}, used by ${first.client.label}.` : "Both were made."}
        >
          <FirstProposal />
        </Step>
        <Step number={4} title="Encrypt something" state={state(4)}>
          {first.key && first.client ? (
            <FirstUse keyId={first.key.id} />
          ) : (
            <div className="flex flex-wrap gap-2">
              {first.key ? null : (
                <Button tone="primary" asChild>
                  <Link href={place.at("keys/new")}>Make a key</Link>
                </Button>
              )}
              {first.client ? null : (
                <Button tone={first.key ? "primary" : "plain"} asChild>
                  <Link href={place.at("clients/new")}>Add a client</Link>
                </Button>
              )}
              <Button tone="quiet" asChild>
                <Link href={place.at()}>Overview</Link>
              </Button>
            </div>
          )}
        </Step>
      </ol>
    </>
  );
}
