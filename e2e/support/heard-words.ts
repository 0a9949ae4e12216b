import type { Page } from "playwright-core";

/** The eight words that a newcomer's own screen shows. */
export async function wordsOn(page: Page): Promise<string[]> {
  const text = (await page.locator(".words-line").textContent()) ?? "";
  return text.split(/[\s·]+/).filter((word) => word !== "");
}

/** Types three words of eight at the places that the page asks for. */
export async function hear(page: Page, words: readonly string[]): Promise<void> {
  const fields = page.locator(".heard-words input");
  await fields.nth(2).waitFor();
  for (const field of await fields.all()) {
    const label = await page.locator(`label[for="${await field.getAttribute("id")}"]`).textContent();
    await field.fill(words[Number(label?.replace("Word ", "")) - 1] ?? "");
  }
}
