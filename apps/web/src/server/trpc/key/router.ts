import { t } from "../trpc.ts";
import { counts } from "./counts.ts";
import { get } from "./get.ts";
import { list } from "./list.ts";

export const keyRouter = t.router({ list, get, counts });
