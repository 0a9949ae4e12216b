import { PROTOCOL_TARGETS } from "./protocol-targets.ts";
import type { Target } from "./target.ts";
import { TLOG_TARGETS } from "./tlog-targets.ts";

/** Every strict reader of what others write. */
export const TARGETS: readonly Target[] = [...PROTOCOL_TARGETS, ...TLOG_TARGETS];
