/** Encrypts a sentence and opens it again over mutual TLS; works as pasted beside client.crt, client.key and ca.crt. */
export function encryptSnippet(rest: string, keyId: string): string {
  return [
    `URL=${rest.replace(/\/$/, "")}`,
    'call() { curl -sS --cert client.crt --key client.key --cacert ca.crt -H "Content-Type: application/json" -d "$2" "$URL$1"; }',
    "",
    `ciphertext=$(call /v1/keys/${keyId}/encrypt "{\\"plaintext\\":\\"$(printf 'only you' | base64)\\"}" \\`,
    `  | sed -n 's/.*"ciphertext" *: *"\\([^"]*\\)".*/\\1/p')`,
    'echo "$ciphertext"',
    `call /v1/decrypt "{\\"ciphertext\\":\\"$ciphertext\\"}" | sed -n 's/.*"plaintext" *: *"\\([^"]*\\)".*/\\1/p' | base64 -d; echo`,
  ].join("\n");
}
