"use client";
import { Notice } from "@/components/notice.tsx";
import { PageHeader } from "@/components/page-header.tsx";
import { Panel } from "@/components/panel.tsx";
import { useStanding } from "@/features/custody/use-standing.ts";
import { EnrolmentToken } from "./enrolment-token.tsx";

/** Connects a key server with a token given at its own page. */
export function AddAgent() {
  const standing = useStanding();
  return (
    <>
      <PageHeader
        title="Add a key server"
        detail="The token lets a key server reach this dashboard's mailbox. It gives no power over keys."
      />
      {standing.level === "checked" || standing.level === "consistent" ? (
        <Notice title="This environment has its key server">
          <p>
            A second one joins through a change of the administrators&apos; list: docs/operate/second-key-server.md. A
            token made here connects the existing key server again, after it was moved or unlinked.
          </p>
        </Notice>
      ) : null}
      <Panel title="Enrolment token">
        <div className="p-4">
          <EnrolmentToken />
        </div>
      </Panel>
    </>
  );
}
