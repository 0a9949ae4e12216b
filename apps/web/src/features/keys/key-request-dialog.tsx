"use client";
import type { ReactNode } from "react";
import type { ProposalRequest } from "@/browser/propose/draft-commands.ts";
import { Dialog } from "@/components/dialog.tsx";
import { AskForm, type AskFormProps } from "@/features/approvals/asking.tsx";
import { useDrafts } from "@/features/approvals/use-proposal.ts";
import type { KeyRecord } from "./key-row.ts";
import { ReviewAction, useAlreadyOpen } from "./review-action.tsx";

/**
 * Asks one thing of one key: its fields, then the exact request in their place.
 * Where the same waits already, that stands there instead.
 */
export function KeyRequestDialog(props: KeyRequestDialogProps) {
  const { record, act, title, action, request, onClose, ...form } = props;
  const { asking, danger } = form;
  const asked = asking.asked ? request() : null;
  const drafts = useDrafts(asked === null ? [] : [asked], asking.reason);
  const waits = useAlreadyOpen(act, record.id);
  return (
    <Dialog open onOpenChange={(open) => (open ? null : onClose())} title={title}>
      {asking.asked ? (
        <ReviewAction record={record} drafts={drafts} action={action} danger={danger} onClose={onClose} />
      ) : (
        (waits ?? <AskForm {...form} />)
      )}
    </Dialog>
  );
}

interface KeyRequestDialogProps extends Omit<AskFormProps, "onPage"> {
  record: KeyRecord;
  /** What is asked; a request for it that waits is shown instead of the fields. */
  act: ProposalRequest["act"];
  title: string;
  /** What the button says that proposes it. */
  action: string;
  /** Made once the fields are in order; null is shown as not there yet. */
  request: () => ProposalRequest | null;
  onClose: () => void;
  children: ReactNode;
}
