/** One DER element around its content. */
export function der(tag: number, ...parts: readonly (readonly number[] | Uint8Array)[]): number[] {
  const content = parts.flatMap((part) => [...part]);
  const size = content.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return [tag, ...length, ...content];
}

/** An object identifier written with dots. */
export function derObjectId(dotted: string): number[] {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const arcs = rest.flatMap((arc) => {
    const groups = [arc & 0x7f];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
      groups.unshift(0x80 | (left & 0x7f));
    return groups;
  });
  return der(0x06, [first * 40 + second, ...arcs]);
}

/** A time of the years 1950 to 2049. */
export function derTime(seconds: number): number[] {
  const digits = new Date(seconds * 1000).toISOString().replace(/[-:T]/g, "").slice(2, 14);
  return der(0x17, [...Buffer.from(`${digits}Z`, "ascii")]);
}
