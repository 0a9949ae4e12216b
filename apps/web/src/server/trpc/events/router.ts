import { t } from "../trpc.ts";
import { stream } from "./stream.ts";

export const eventsRouter = t.router({ stream });
