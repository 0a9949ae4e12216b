import type { Entry } from "@holdfast/protocol";

/**
 * What the control plane gets of an entry. Where names are kept from it (`domain.set` share: hashes) those are left out that
 * open what the leaf only commits to, and the command's text, which names its target; leaf, state and receipt stay, so that the
 * tree, what every object is and who signed can be checked all the same.
 */
export function sharedEntry({ opens, envelope, ...rest }: Entry, share: "hashes" | undefined): Entry {
  if (share === "hashes") return rest;
  return {
    ...rest,
    ...(opens === undefined ? {} : { opens }),
    ...(envelope === undefined ? {} : { envelope }),
  };
}
