import { t } from "../trpc.ts";
import { get } from "./get.ts";
import { set } from "./set.ts";

export const annotationRouter = t.router({ get, set });
