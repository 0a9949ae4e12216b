import { t } from "../trpc.ts";
import { begin } from "./add/begin.ts";
import { finish } from "./add/finish.ts";
import { list } from "./list.ts";
import { remove } from "./remove.ts";
import { rename } from "./rename.ts";

export const passkeyRouter = t.router({ list, rename, remove, add: t.router({ begin, finish }) });
