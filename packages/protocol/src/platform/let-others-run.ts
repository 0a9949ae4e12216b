import { native } from "./native.ts";

/**
 * Lets whatever else waits in this process run. Node verifies at once, so that a long chain would hold up everybody; WebCrypto
 * verifies elsewhere, and others run meanwhile.
 */
export async function letOthersRun(): Promise<void> {
  if (native === null) return;
  await new Promise<void>((resolve) => native?.setImmediate(resolve));
}
