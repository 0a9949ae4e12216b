// The thread of read-log-aside.ts.
import { parentPort, workerData } from "node:worker_threads";
import { LogIndex } from "../keystore/log-index.ts";
import { openLogRows } from "../keystore/sqlite/log-rows.ts";
import type { LogFindings, LogTask } from "./read-log-aside.ts";
import { readLog } from "./verify-log.ts";

const { path, yardstick } = workerData as LogTask;
const rows = openLogRows(path);
const { reader, ...found } = await readLog(rows, yardstick, () => new LogIndex());
rows.close();
parentPort?.postMessage({ ...found, index: reader.pack() } satisfies LogFindings);
