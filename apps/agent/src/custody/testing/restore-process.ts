/** Restores a backup once it is told to, and says how that ended. Started by tests only. */
import { once } from "node:events";
import { type RestoreOptions, restoreBackup } from "../backup/restore-backup.ts";

process.stdout.write("ready\n");
const [told] = (await once(process.stdin, "data")) as [Buffer];
process.stdin.destroy();
const end = await restoreBackup(JSON.parse(told.toString("utf8")) as RestoreOptions).then(
  () => "done",
  (error: { code: string }) => error.code,
);
process.stdout.write(`${end}\n`);
