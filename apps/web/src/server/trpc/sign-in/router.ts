import { t } from "../trpc.ts";
import { begin } from "./begin.ts";
import { finish } from "./finish.ts";

export const signInRouter = t.router({ begin, finish });
