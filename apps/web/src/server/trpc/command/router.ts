import { t } from "../trpc.ts";
import { carried } from "./carried.ts";
import { carry } from "./carry.ts";
import { get } from "./get.ts";
import { list } from "./list.ts";
import { propose } from "./propose.ts";
import { waiting } from "./waiting.ts";
import { withdraw } from "./withdraw.ts";

export const commandRouter = t.router({ list, get, waiting, propose, withdraw, carry, carried });
