/** Writes docs/compliance/key-states.md from the protocol's tables; a test compares. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { KEY_STATES_PAGE, keyStatesPage } from "./key-states-page.ts";

mkdirSync(dirname(KEY_STATES_PAGE), { recursive: true });
writeFileSync(KEY_STATES_PAGE, keyStatesPage());
