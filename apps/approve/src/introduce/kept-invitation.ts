/** An invitation while its passkey is made at the operator's page: in this tab, until it is back or the invitation is over. */
const NAME = "holdfast-invitation";
const INVITATION = /^[a-z2-7]{16}\.[A-Za-z0-9_-]{22}$/;

/** Keeps it. The page that makes the passkey never learns it. */
export function keepInvitation(invitation: string): void {
  sessionStorage.setItem(NAME, invitation);
}

/** The invitation that this tab left with; null where there is none. */
export function keptInvitation(): string | null {
  const found = sessionStorage.getItem(NAME);
  return found !== null && INVITATION.test(found) ? found : null;
}

export function wipeInvitation(): void {
  sessionStorage.removeItem(NAME);
}
