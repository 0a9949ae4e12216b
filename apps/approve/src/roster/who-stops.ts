/**
 * Who can end a change by a no while its delay runs, in a sentence. Never that it can be stopped where no objection counts.
 *
 * @param where - Put behind "stop it"; nothing by default.
 */
export function whoStopsWaiting(
  { kind, mayObject }: { readonly kind: string; readonly mayObject: boolean },
  where = "",
): string {
  if (mayObject && kind === "recover")
    return `Whoever still has a passkey of this environment can stop it${where} until then, once.`;
  if (mayObject) return `Any administrator can stop it${where} until then.`;
  if (kind === "recover")
    return "Nobody can stop it: every replacement key signed it, or a recovery was stopped before at this place.";
  return "Nobody can stop it.";
}
