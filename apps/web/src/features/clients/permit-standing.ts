import type { Tone } from "../../components/badge.tsx";
import type { ClientRow } from "./client-row.ts";

/** An enrolment secret as it stands now. */
export interface PermitStanding {
  /** How many it still lets in. */
  readonly left: number;
  readonly word: string;
  readonly tone: Tone;
  /** Whether anybody can come by it. */
  readonly open: boolean;
}

/** An enrolment secret among the clients. */
export type PermitRow = ClientRow & { readonly permit: NonNullable<ClientRow["permit"]> };

/** Whether a row is an enrolment secret and no application. */
export function isPermit(row: ClientRow): row is PermitRow {
  return row.permit !== null;
}

/** How an enrolment secret stands. @param now - Unix seconds. */
export function permitStanding(
  {
    state,
    notAfter,
    permit,
    letIn,
  }: Pick<ClientRow, "state" | "notAfter" | "letIn"> & {
    readonly permit: { readonly most: number };
  },
  now: number,
): PermitStanding {
  const left = Math.max(0, permit.most - letIn);
  if (state === "revoked") return { left: 0, word: "Withdrawn", tone: "quiet", open: false };
  if (notAfter !== null && notAfter <= now) return { left: 0, word: "Ended", tone: "quiet", open: false };
  if (left === 0) return { left, word: "Used up", tone: "quiet", open: false };
  return { left, word: "Lets in", tone: "good", open: true };
}

/** What each machine runs, beside enrolment.secret and ca.crt. */
export function enrolSnippet(rest: string | null): string {
  const server = (rest ?? "https://KEY-SERVER:7443").replace(/\/$/, "");
  return `holdfast-agent client enrol --server ${server} --secret enrolment.secret --ca ca.crt --cert ./keys`;
}
