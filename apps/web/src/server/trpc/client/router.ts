import { t } from "../trpc.ts";
import { get } from "./get.ts";
import { list } from "./list.ts";

export const clientRouter = t.router({ list, get });
