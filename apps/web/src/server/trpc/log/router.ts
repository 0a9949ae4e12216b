import { t } from "../trpc.ts";
import { consistency } from "./consistency.ts";
import { entry } from "./entry.ts";
import { inclusion } from "./inclusion.ts";
import { list } from "./list.ts";

export const logRouter = t.router({ list, entry, inclusion, consistency });
