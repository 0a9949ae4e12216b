import { t } from "../trpc.ts";
import { create } from "./create.ts";
import { list } from "./list.ts";
import { members } from "./members.ts";

export const tenantRouter = t.router({ list, create, members });
