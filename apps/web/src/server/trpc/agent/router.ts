import { t } from "../trpc.ts";
import { alarms } from "./alarms.ts";
import { list } from "./list.ts";
import { create } from "./token/create.ts";

export const agentRouter = t.router({ alarms, list, token: t.router({ create }) });
