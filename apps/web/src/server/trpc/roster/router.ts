import { t } from "../trpc.ts";
import { list } from "./list.ts";
import { propose } from "./propose.ts";
import { withdraw } from "./withdraw.ts";

export const rosterRouter = t.router({ list, propose, withdraw });
