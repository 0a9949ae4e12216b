/** What of a key's dates decides about its use; Unix seconds, periods in seconds. */
export interface KeyDates {
  readonly activated?: number | undefined;
  /** Since when it is suspended. It stays after a suspended key was retired or exposed, until the key is resumed. */
  readonly suspended?: number | undefined;
  readonly processStart?: number | undefined;
  readonly protectStop?: number | undefined;
  readonly deactivation?: number | undefined;
  readonly archived?: number | undefined;
  readonly cryptoperiodSec?: number | undefined;
  readonly originatorSec?: number | undefined;
  readonly recipientSec?: number | undefined;
}
