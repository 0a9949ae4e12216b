/** What to do with a key server that was founded before this dashboard, or this dashboard's database, was there. */
export function FoundedAlready() {
  return (
    <details className="text-muted">
      <summary className="w-fit rounded">Your key server was founded before?</summary>
      <p className="mt-2">
        Its old dashboard is gone, say, or it never had one. Its keys, administrators and log stay as they are; no page
        of it is needed. On its own machine its command line leaves the old dashboard and takes this token:
        docs/operate/lost-dashboard.md has the two commands. Then you compare three words here.
      </p>
    </details>
  );
}
