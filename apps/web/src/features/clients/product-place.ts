/** Where a key server answers, as it names itself; null where it does not. */
export interface KeyServerPlaces {
  readonly rest: string | null;
  readonly kmip: string | null;
}

/** KMIP's port, where a key server was told no other. */
export const KMIP_PORT = 5696;

/** Where a product finds KMIP, `host:port`: as the key server says, or null where it says nothing of it. */
export function kmipPlace(kmip: string | null | undefined): string | null {
  return kmip?.startsWith("kmip://") ? kmip.slice("kmip://".length) : null;
}

/** Turns client.crt, client.key and ca.crt of this folder into a product's form, in a folder beside them. */
export function formatCommand(places: KeyServerPlaces | undefined, format: string): string {
  const url = (places?.rest ?? "https://KEY-SERVER:7443").replace(/\/$/, "");
  const server = kmipPlace(places?.kmip) ?? `KEY-SERVER:${KMIP_PORT}`;
  return `holdfast-agent client rotate --cert . --url ${url} --out ./${format} --format ${format} --server ${server}`;
}
