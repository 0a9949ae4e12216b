"use client";
import { Button } from "@/components/button.tsx";
import { Dialog } from "@/components/dialog.tsx";

/** How somebody becomes a custodian: by an address made at the key server, which this dashboard never sees. */
export function InviteCustodian({ onClose }: { onClose: () => void }) {
  return (
    <Dialog open onOpenChange={(open) => (open ? null : onClose())} title="Invite a custodian">
      <div className="space-y-4">
        <p>
          A custodian holds a share of every backup and needs no account. So many as you agree on open a backup
          together; fewer learn nothing of it.
        </p>
        <ol className="list-decimal space-y-2 pl-5">
          <li>
            Whoever runs the key server makes a one-use address there, for one person. It is printed at its console and
            nowhere else.
          </li>
          <li>
            The custodian opens it, reads the duties, saves a key file and tries it, adds a passkey as a second way, and
            sees eight words. The share&apos;s secrets stay with them: neither we nor your key server have them.
          </li>
          <li>They appear here as introduced. Choose them, and have the words read to whoever approves.</li>
        </ol>
        <p className="text-muted">
          The key server&apos;s own documentation says how, under “Custodians”. This page never asks you to paste a
          command there.
        </p>
        <Button onClick={onClose}>Close</Button>
      </div>
    </Dialog>
  );
}
