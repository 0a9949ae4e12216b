import { deviceOf } from "./device.ts";

/** What a new passkey is called until its person says otherwise. */
export function passkeyLabel(passkey: { readonly isSyncable: boolean }, userAgent: string | null): string {
  return `${passkey.isSyncable ? "Synced passkey" : "Passkey"}, ${deviceOf(userAgent)}`;
}
