import { t } from "../trpc.ts";
import { download } from "./download.ts";
import { list } from "./list.ts";
import { request } from "./request.ts";

export const reportRouter = t.router({ list, request, download });
