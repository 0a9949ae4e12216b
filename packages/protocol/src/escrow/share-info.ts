import { encodeCanonical } from "../canonical/encode-canonical.ts";

/** What a sealed share belongs to. HPKE takes it as info: a share sealed for one thing opens for no other. */
export type ShareInfo =
  | {
      readonly tid: string;
      readonly manifest: string;
      readonly shareId: string;
      /** `escrow`: from the agent to the custodian, in the backup. */
      readonly purpose: "escrow";
    }
  | {
      readonly tid: string;
      readonly manifest: string;
      readonly shareId: string;
      /** `release`: from the custodian to the receiving agent, under one approved command. */
      readonly purpose: "release";
      readonly releaseCmd: string;
      readonly recipient: string;
    };

/** HPKE info of a share: the canonical bytes of what it belongs to. @see docs/spec/backup.md */
export function shareInfo(info: ShareInfo): Uint8Array<ArrayBuffer> {
  return encodeCanonical({ ...info });
}
