"use client";
import { type ReactNode, useState } from "react";
import { textError } from "@/browser/propose/text-error.ts";
import { TextField } from "@/components/field.tsx";
import { Panel } from "@/components/panel.tsx";
import { ShowRequest } from "./show-request.tsx";

/** Most characters of a reason. */
const LONGEST_REASON = 500;

/** Why something is asked for, and whether its exact command is to be shown: how everything ends that proposes one request. */
export interface Asking {
  /** As it is signed. */
  readonly reason: string;
  /** From the first try on, fields say what is wrong with them. */
  readonly tried: boolean;
  /** Nothing is wrong, and the command is shown. */
  readonly asked: boolean;
  readonly reasonField: ReactNode;
  /** @param ready - Whether nothing else is wrong. */
  ask(ready: boolean): void;
}

/** @param onAsked - Told the reason when nothing is wrong. */
export function useAsking(onAsked?: (reason: string) => void): Asking {
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const [asked, setAsked] = useState(false);
  const error = textError(reason, LONGEST_REASON);
  return {
    reason: reason.trim(),
    tried,
    asked,
    reasonField: (
      <TextField
        label="Why (optional)"
        hint="Signed with the request, and on record for ever."
        maxLength={LONGEST_REASON}
        error={tried ? error : null}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
    ),
    ask: (ready) => {
      setTried(true);
      if (!ready || error !== null) return;
      setAsked(true);
      onAsked?.(reason.trim());
    },
  };
}

/** The fields of what is asked for, why, and the button that shows the exact command. */
export function AskForm(props: AskFormProps) {
  const { asking, ready, confirmed = true, danger = false, onPage = false, confirm, children } = props;
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        asking.ask(ready && confirmed);
      }}
    >
      {children}
      {onPage ? (
        <Panel label="Why">
          <div className="p-4 sm:max-w-xl">{asking.reasonField}</div>
        </Panel>
      ) : (
        asking.reasonField
      )}
      {confirm}
      <ShowRequest danger={danger} disabled={!confirmed} />
    </form>
  );
}

/** What an {@link AskForm} is made of. */
export interface AskFormProps {
  asking: Asking;
  /** Whether nothing is wrong with the fields. */
  ready: boolean;
  /** Whether what has to be typed first was. */
  confirmed?: boolean;
  danger?: boolean;
  /** Whether it stands on a page, among panels, and not in a dialog. */
  onPage?: boolean;
  /** What has to be typed before the button answers. */
  confirm?: ReactNode;
  children?: ReactNode;
}
