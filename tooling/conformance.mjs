// `npm run conformance:kmip [FOLDER]`: installs what is missing, then goes on under the pinned Node.
import { ensureInstalled } from "./install.mjs";
import { continueUnderPinnedNode } from "./pinned-node.mjs";

ensureInstalled();
await continueUnderPinnedNode(import.meta.url);
await import("../apps/agent/conformance/kmip/main.ts");
