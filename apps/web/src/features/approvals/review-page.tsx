"use client";
import dynamic from "next/dynamic";
import Link from "next/link";
import { type ReactNode, useState } from "react";
import type { ProposalRequest } from "@/browser/propose/draft-commands.ts";
import { Button } from "@/components/button.tsx";
import { PageHeader } from "@/components/page-header.tsx";
import { Panel } from "@/components/panel.tsx";
import { useDrafts } from "./use-proposal.ts";

const ReviewProposal = dynamic(() => import("./review-proposal.tsx").then((module) => module.ReviewProposal), {
  ssr: false,
});

/** What a filled form asks for, exactly; until it is proposed it can be changed, and afterwards one goes on to the list. */
export function ReviewPage(props: ReviewPageProps) {
  const { title, requests, reason = "", action, danger, list, onChange, children } = props;
  const drafts = useDrafts(requests, reason);
  const [proposed, setProposed] = useState(false);
  return (
    <>
      <PageHeader
        title={title}
        detail={
          proposed
            ? "It is proposed. What becomes of it stands here and under Approvals."
            : "This is exactly what your key server will be asked. Read it, then propose it."
        }
      />
      <Panel label="The exact request" className="p-4">
        <ReviewProposal drafts={drafts} action={action} danger={danger} onProposed={() => setProposed(true)} />
      </Panel>
      {children}
      <div className="flex gap-2">
        {proposed ? null : <Button onClick={onChange}>Change something</Button>}
        <Button tone={proposed ? "plain" : "quiet"} asChild>
          <Link href={list.href}>{list.text}</Link>
        </Button>
      </div>
    </>
  );
}

interface ReviewPageProps {
  title: string;
  requests: readonly ProposalRequest[];
  reason?: string;
  /** What the button says that proposes it. */
  action?: string;
  danger?: boolean;
  /** Where one goes on: what is asked for is listed there. */
  list: { readonly href: string; readonly text: string };
  /** Back to the form. */
  onChange: () => void;
  /** What follows after it is approved. */
  children?: ReactNode;
}
