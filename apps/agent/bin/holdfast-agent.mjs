#!/usr/bin/env node
// Launcher in syntax that Node 20 parses: goes on under the Node this checkout pins, which runs TypeScript.
import { fileURLToPath } from "node:url";
import { ensureApprovalPage } from "../../../tooling/approval-page.mjs";
import { continueUnderPinnedNode } from "../../../tooling/pinned-node.mjs";

await continueUnderPinnedNode(import.meta.url);
ensureApprovalPage(fileURLToPath(new URL("../../..", import.meta.url)), process.argv.slice(2));
await import("../src/main.ts");
