"use client";
import { ApproveLink } from "./approve-link.tsx";
import { ProposalProgress } from "./proposal-progress.tsx";

/** In place of a second request for the same: the one that waits, and the way to decide it. @param what - Said of it, with "waits". */
export function WaitsAlready({ what, hashes }: { what: string; hashes: readonly string[] }) {
  return (
    <>
      <p>
        <span className="font-semibold">{what} already.</span> Decide that request instead of proposing a second one.
      </p>
      <ProposalProgress hashes={hashes} />
      <ApproveLink hashes={hashes}>Review on your key server</ApproveLink>
    </>
  );
}
