import { expect, test } from "vitest";
import { releaseText } from "./release-text.ts";

const WAITING = {
  ...{ words: ["one", "two"], k: 2, custodians: ["Ana", "Ben", "Cy"], admin: "/tmp/admin.sock" },
  ...{ approveUrl: "http://agent.localhost:7400/approve#x", custodianUrl: "http://agent.localhost:7400/custodian" },
};

test("a release that waits says who comes first, and what ending it before loses and what it does not", () => {
  const text = releaseText(WAITING);
  expect(text.indexOf(WAITING.approveUrl)).toBeLessThan(text.indexOf(WAITING.custodianUrl));
  expect(text).toMatch(/2\. 2 of +Ana, Ben, Cy/);
  const said = text.replaceAll("\n", " ");
  expect(said).toContain("The key that shares are sealed to is in its memory alone: if it ends, start it again,");
  expect(said).toContain("everybody approves and gives anew. The backup loses nothing by that.");
});

test("a release without administrators' passkeys or a page says where shares are given instead", () => {
  const text = releaseText({ ...WAITING, approveUrl: null, custodianUrl: null });
  expect(text).toMatch(/1\. 2 of +Ana, Ben, Cy/);
  expect(text).toContain("`holdfast-agent escrow give` on this host");
  expect(text).not.toContain("administrators");
});
