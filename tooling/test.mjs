// `npm test`: installs what is missing, then goes on under the pinned Node in test/main.ts.
import { ensureInstalled } from "./install.mjs";
import { continueUnderPinnedNode } from "./pinned-node.mjs";

ensureInstalled();
await continueUnderPinnedNode(import.meta.url);
await import("./test/main.ts");
