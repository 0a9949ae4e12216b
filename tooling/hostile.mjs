// `npm run test:hostile [unit|integration|e2e …]`: installs what is missing, then goes on under the pinned Node.
import { ensureInstalled } from "./install.mjs";
import { continueUnderPinnedNode } from "./pinned-node.mjs";

ensureInstalled();
await continueUnderPinnedNode(import.meta.url);
await import("./hostile/main.ts");
