/** Signs or authenticates a sentence over mutual TLS. Works as pasted beside client.crt, client.key and ca.crt. */
export function makeSnippet(rest: string, keyId: string, what: "sign" | "mac"): string {
  return [
    'curl -sS --cert client.crt --key client.key --cacert ca.crt -H "Content-Type: application/json" \\',
    `  -d "{\\"data\\":\\"$(printf 'only you' | base64)\\"}" ${rest.replace(/\/$/, "")}/v1/keys/${keyId}/${what}`,
  ].join("\n");
}
