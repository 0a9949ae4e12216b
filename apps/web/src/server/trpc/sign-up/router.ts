import { t } from "../trpc.ts";
import { begin } from "./begin.ts";
import { finish } from "./finish.ts";

export const signUpRouter = t.router({ begin, finish });
