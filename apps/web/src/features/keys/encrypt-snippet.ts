/** Encrypts a sentence and opens it again over mutual TLS; a refusal is printed as it came. Works as pasted beside client.crt, client.key and ca.crt. */
export function encryptSnippet(rest: string, keyId: string): string {
  return [
    `URL=${rest.replace(/\/$/, "")}`,
    'call() { curl -sS --cert client.crt --key client.key --cacert ca.crt -H "Content-Type: application/json" -d "$2" "$URL$1"; }',
    'part() { printf "%s" "$answer" | sed -n "s/.*\\"$1\\" *: *\\"\\([^\\"]*\\)\\".*/\\1/p"; }',
    "",
    `answer=$(call /v1/keys/${keyId}/encrypt "{\\"plaintext\\":\\"$(printf 'only you' | base64)\\"}")`,
    "ciphertext=$(part ciphertext)",
    `printf '%s\\n' "\${ciphertext:-$answer}"`,
    'if [ -n "$ciphertext" ]; then',
    `  answer=$(call /v1/decrypt "{\\"ciphertext\\":\\"$ciphertext\\"}")`,
    "  plaintext=$(part plaintext)",
    `  if [ -n "$plaintext" ]; then printf '%s' "$plaintext" | base64 -d; echo; else printf '%s\\n' "$answer"; fi`,
    "fi",
  ].join("\n");
}
