/** KMIP's port, where a key server was told no other. */
export const KMIP_PORT = 5696;

/** Where a product finds KMIP: on the host that the key server names for REST, `host:5696`. */
export function kmipPlace(rest: string): string {
  return `${new URL(rest).hostname}:${KMIP_PORT}`;
}

/** Turns client.crt, client.key and ca.crt of this folder into a product's form, in a folder beside them. */
export function formatCommand(rest: string, format: string): string {
  const url = rest.replace(/\/$/, "");
  return `holdfast-agent client rotate --cert . --url ${url} --out ./${format} --format ${format} --server ${kmipPlace(rest)}`;
}
