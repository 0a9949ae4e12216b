import { SoftHsm } from "@holdfast/testkit";
import { Token, type TokenOptions } from "../token.ts";

/** Opens a token of SoftHSM2 with its PIN. */
export function openSoftHsm(hsm: SoftHsm, label: string, options: Partial<TokenOptions> = {}): Promise<Token> {
  return Token.open({
    binding: hsm.binding,
    module: hsm.module,
    choice: { token: label },
    pin: Buffer.from(SoftHsm.pin),
    ...options,
  });
}
