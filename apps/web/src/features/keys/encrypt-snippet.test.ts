import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { encryptSnippet } from "./encrypt-snippet.ts";

const REFUSAL = '{"type":"about:blank","code":"E_KEY_STATE","detail":"The key is suspended."}';

/** Stands for curl: shows what it was told and answers as a key server does; `$REFUSE` names what it refuses. */
const FAKE_CURL = `curl() {
  printf '%s\\n' "$*" >&2
  case "$*" in
    *"$REFUSE"*) printf '%s' '${REFUSAL}' ;;
    *decrypt*) printf '{ "plaintext": "%s" }' "$(printf 'only you' | base64)" ;;
    *) printf '{"keyId":"k","ciphertext":"AB+/=="}' ;;
  esac
}
`;

describe("the snippet", () => {
  test("as pasted in a shell sends the files it names, and prints ciphertext and sentence", () => {
    const run = paste("sh", "nothing");
    expect(run.status).toBe(0);
    expect(run.stdout).toBe("AB+/==\nonly you\n");
    const [encrypt, decrypt] = run.stderr.split("\n");
    expect(encrypt).toContain("--cert client.crt --key client.key --cacert ca.crt");
    expect(encrypt).toContain(`-d {"plaintext":"${Buffer.from("only you").toString("base64")}"}`);
    expect(encrypt).toContain("https://127.0.0.1:7443/v1/keys/k_abc/encrypt");
    expect(decrypt).toContain('-d {"ciphertext":"AB+/=="} https://127.0.0.1:7443/v1/decrypt');
  });

  test.each(["sh", "bash"])("prints why it was refused, pasted in %s", (shell) => {
    expect(paste(shell, "/encrypt").stdout).toBe(`${REFUSAL}\n`);
    expect(paste(shell, "/v1/decrypt").stdout).toBe(`AB+/==\n${REFUSAL}\n`);
  });
});

function paste(shell: string, refuse: string) {
  const text = FAKE_CURL + encryptSnippet("https://127.0.0.1:7443/", "k_abc");
  return spawnSync(shell, ["-c", text], { encoding: "utf8", env: { ...process.env, REFUSE: refuse } });
}
