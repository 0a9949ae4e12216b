import { t } from "../trpc.ts";
import { end } from "./end.ts";
import { endOthers } from "./end-others.ts";
import { list } from "./list.ts";
import { me } from "./me.ts";
import { signOut } from "./sign-out.ts";
import { begin } from "./step-up/begin.ts";
import { finish } from "./step-up/finish.ts";

export const sessionRouter = t.router({ me, signOut, list, end, endOthers, stepUp: t.router({ begin, finish }) });
