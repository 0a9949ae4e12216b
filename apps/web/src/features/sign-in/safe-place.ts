/** Where to go after signing in: a page of this dashboard, never another site. */
export function safePlace(next: string | null): string {
  return next !== null && /^\/(?![/\\])[\w\-./?=&%,+]*$/.test(next) && !next.startsWith("/sign-") ? next : "/";
}
