import { expect, type Locator, type Page } from "@playwright/test";

import { hydrated } from "../fixtures/test.ts";

/** A row of "Huidige deelnemers" or "Oud-deelnemers", by the name that it shows. */
export function rowOf(page: Page, name: string): Locator {
  return page.getByRole("row").filter({ has: page.getByRole("link", { name, exact: true }) });
}

/** The rows of people, without the header. */
export function rows(page: Page): Locator {
  return page.getByRole("main").locator("tbody tr");
}

/** The names in the list, from top to bottom. */
export async function names(page: Page): Promise<string[]> {
  return rows(page).getByRole("rowheader").allInnerTexts();
}

/** Fills fields of the search form and sends it. */
export async function search(page: Page, fields: Record<string, string>): Promise<void> {
  const form = page.getByRole("main").getByRole("search");
  for (const [label, value] of Object.entries(fields)) await form.getByLabel(label, { exact: true }).fill(value);
  await form.getByRole("button", { name: "Zoek deelnemer" }).click();
  await hydrated(page);
}

/** The list found so many, and says so. */
export async function expectCount(page: Page, count: number): Promise<void> {
  const number = count.toLocaleString("nl-NL");
  await expect(page.getByText(`Aantal deelnemers: ${number}`)).toBeVisible();
}
