import { t } from "../trpc.ts";
import { list } from "./list.ts";
import { create } from "./token/create.ts";

export const agentRouter = t.router({ list, token: t.router({ create }) });
