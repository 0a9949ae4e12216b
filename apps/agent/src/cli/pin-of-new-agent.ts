import { HsmError } from "@holdfast/crypto";
import { AgentRefusal } from "./cli-error.ts";

const MEND =
  "Mend the PIN (where pin-source= names a file, in that file), then run this command again: a token locks itself after a few wrong ones.";

/** Says of a PIN that was refused while a key server is being made that there is none yet: there is nothing to unseal. */
export async function withPinOfNewAgent<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof HsmError && cause.code === "E_HSM_PIN")
      throw new HsmError(cause.code, `${cause.message} No key server was made.`, cause.detail, MEND);
    throw cause;
  }
}

/** Says of a PIN that was refused for another way of opening that the one of before goes on. */
export async function withPinOfNewWay<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof AgentRefusal && cause.code === "E_HSM_PIN")
      throw new AgentRefusal(cause.status, cause.code, `${cause.message} What opened the agent still does.`, MEND);
    throw cause;
  }
}
