import { t } from "../trpc.ts";
import { account } from "./account.ts";
import { exportRows } from "./export-rows.ts";
import { list } from "./list.ts";

export const storedRouter = t.router({ list, account, export: exportRows });
