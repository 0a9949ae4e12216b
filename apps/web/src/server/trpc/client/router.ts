import { t } from "../trpc.ts";
import { get } from "./get.ts";
import { list } from "./list.ts";
import { usesOf } from "./uses-of.ts";

export const clientRouter = t.router({ list, get, uses: usesOf });
