/** Lists the keys a client may see; works as pasted beside client.crt, client.key and ca.crt. */
export function listSnippet(rest: string): string {
  return `curl -sS --cert client.crt --key client.key --cacert ca.crt ${rest.replace(/\/$/, "")}/v1/keys`;
}
