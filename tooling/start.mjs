// `npm start`: installs what is missing, then goes on under the pinned Node in start/main.ts.
import { ensureInstalled } from "./install.mjs";
import { continueUnderPinnedNode } from "./pinned-node.mjs";
import { stopWhenParentDies } from "./start/parent-watch.mjs";

ensureInstalled();
stopWhenParentDies();
await continueUnderPinnedNode(import.meta.url);
await import("./start/main.ts");
