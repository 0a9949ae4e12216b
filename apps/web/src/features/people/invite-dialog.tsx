"use client";
import { HOSTED_COUNTS } from "@holdfast/protocol";
import { Dialog } from "@/components/dialog.tsx";
import { useEnvironment } from "@/features/environment/use-environment.ts";

/** How somebody becomes an administrator: an address made at the key server, which this dashboard never sees. */
export function InviteDialog({ further, onThisMachine, onClose }: InviteDialogProps) {
  const hosted = useEnvironment().data?.hostedOrigin ?? null;
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? null : onClose())}
      title={further ? `A further passkey for ${further.label}` : "Invite an administrator"}
    >
      <div className="space-y-4">
        {onThisMachine && !further ? (
          <p>
            Your approval passkeys belong to a page that only this machine reaches, so nobody else can become an
            administrator there. Serve the key server&apos;s page under a name of your own first, with https, and give
            yourself a passkey there.
          </p>
        ) : (
          <>
            <ol className="list-decimal space-y-2 pl-5">
              <li>
                Whoever runs the key server makes a one-use address there. It is printed at its console and nowhere
                else, so that nobody on the way, we included, can put another passkey in its place.
              </li>
              <li>
                {further ? further.label : "The new administrator"} opens it, makes the passkey and sees eight words.
              </li>
              <li>It appears here as introduced. Propose the change, and have the words read to whoever approves.</li>
            </ol>
            {further && hosted ? (
              <p>
                It can also be one of the page that we serve, <code className="font-mono text-sm">{hosted}</code>: for
                stopping things from anywhere. We choose what that page shows, so it counts for {HOSTED_COUNTS} only.
              </p>
            ) : null}
            <p className="text-muted">
              The key server&apos;s own documentation says how, under “Administrators”
              {further && hosted ? " and “The hosted page”" : ""}. This page never asks you to paste a command there.
            </p>
          </>
        )}
      </div>
    </Dialog>
  );
}

interface InviteDialogProps {
  /** Whose further passkey it is about; null for somebody new. */
  further: { readonly adm: string; readonly label: string } | null;
  onThisMachine: boolean;
  onClose: () => void;
}
