import { expect, test } from "vitest";
import { unitText } from "./service.ts";

const parts = { name: "one 100%", data: "/var/lib/hold fast", user: "holdfast", options: ["--san", "kms $x"] };

test("the unit serves this folder with the options it was given, quoted as systemd reads them", () => {
  const unit = unitText({ ...parts, kek: { kind: "file", path: "/etc/holdfast/a.kek" } });
  expect(unit).toMatch(/^ExecStart=\S+ \S+ serve --data "\/var\/lib\/hold fast" --san "kms \$\$x"$/m);
  expect(unit).toContain("Description=Holdfast key server: one 100%%");
  for (const line of [
    "LimitCORE=0",
    "CoredumpFilter=0",
    "MemorySwapMax=0",
    "NoNewPrivileges=yes",
    "ProtectSystem=strict",
  ])
    expect(unit.split("\n")).toContain(line);
  expect(unit).not.toContain("MemoryDenyWriteExecute=");
});

test("the unit hands over the credential that opens the agent, and says where people do", () => {
  const loads = unitText({ ...parts, kek: { kind: "credential", name: "holdfast-kek" } });
  expect(loads).toContain("\nLoadCredentialEncrypted=holdfast-kek\n");
  const commits = ["a", "b", "c"].map((each) => each.repeat(43));
  expect(unitText({ ...parts, kek: { kind: "shares", needed: 2, commits } })).toContain("people unseal it");
});
