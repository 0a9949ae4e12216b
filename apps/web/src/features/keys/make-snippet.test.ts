import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { makeSnippet } from "./make-snippet.ts";

test.each(["sign", "mac"] as const)("as pasted in a shell asks for it with the client's files: %s", (what) => {
  const text = `curl() { printf '%s\\n' "$*"; }\n${makeSnippet("https://127.0.0.1:7443/", "k_abc", what)}`;
  const { stdout } = spawnSync("sh", ["-c", text], { encoding: "utf8" });
  expect(stdout).toContain("--cert client.crt --key client.key --cacert ca.crt");
  expect(stdout).toContain(`-d {"data":"${Buffer.from("only you").toString("base64")}"}`);
  expect(stdout.trim()).toMatch(new RegExp(`https://127.0.0.1:7443/v1/keys/k_abc/${what}$`));
});
