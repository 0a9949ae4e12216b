import { t } from "../trpc.ts";
import { chain } from "./chain.ts";
import { create } from "./create.ts";
import { get } from "./get.ts";
import { head } from "./head.ts";
import { list } from "./list.ts";

export const environmentRouter = t.router({ list, get, create, chain, head });
