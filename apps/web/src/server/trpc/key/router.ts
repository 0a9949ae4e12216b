import { t } from "../trpc.ts";
import { counts } from "./counts.ts";
import { due } from "./due.ts";
import { get } from "./get.ts";
import { list } from "./list.ts";

export const keyRouter = t.router({ list, get, counts, due });
