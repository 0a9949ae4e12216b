/**
 * The origin of a page that the operator serves, as the person at this host named it.
 *
 * Passkeys belong to host names, whatever the port: it may be neither the name of one of this agent's own pages nor above or
 * below one.
 *
 * @returns null for what is no origin, is not https (or http below localhost), or shares a name with an own page
 */
export function findHostedOrigin(text: string, own: readonly string[]): string | null {
  if (!URL.canParse(text)) return null;
  const { href, origin, protocol, hostname } = new URL(text);
  const isHere = protocol === "http:" && hostname.endsWith(".localhost");
  if ((protocol !== "https:" && !isHere) || (href !== `${text}/` && href !== text) || href !== `${origin}/`)
    return null;
  const isBelow = (name: string, other: string) => name === other || name.endsWith(`.${other}`);
  const shared = own
    .map((each) => new URL(each).hostname)
    .some((name) => isBelow(name, hostname) || isBelow(hostname, name));
  return shared ? null : origin;
}
