import { t } from "../trpc.ts";
import { add } from "./add.ts";
import { change } from "./change.ts";
import { confirm } from "./confirm.ts";
import { deliveries } from "./deliveries.ts";
import { list } from "./list.ts";
import { remove } from "./remove.ts";
import { retry } from "./retry.ts";
import { rotate } from "./rotate.ts";
import { testReceiver } from "./test-receiver.ts";

export const noticeRouter = t.router({
  list,
  add,
  change,
  rotate,
  remove,
  test: testReceiver,
  confirm,
  deliveries,
  retry,
});
