const KEY = "holdfast.has-account";

/** Notes that somebody has an account on this browser, so that the next visit offers to sign in. */
export function rememberAccount(storage: Storage = localStorage): void {
  storage.setItem(KEY, "yes");
}

/** Whether somebody signed in on this browser before. */
export function hasAccount(storage: Storage = localStorage): boolean {
  return storage.getItem(KEY) !== null;
}
