/** A session that ended sends the person to sign in and brings them back afterwards. */
export function leaveForSignIn(): void {
  if (location.pathname.startsWith("/sign-")) return;
  location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
}
