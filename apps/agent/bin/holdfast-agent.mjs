#!/usr/bin/env node
// Launcher in syntax that Node 20 parses: goes on under the Node this checkout pins, which runs TypeScript.
import { continueUnderPinnedNode } from "../../../tooling/pinned-node.mjs";

await continueUnderPinnedNode(import.meta.url);
await import("../src/main.ts");
