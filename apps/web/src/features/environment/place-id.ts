const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a part of the address has the form of an organisation's or environment's id. */
export function isPlaceId(text: string): boolean {
  return UUID.test(text);
}
