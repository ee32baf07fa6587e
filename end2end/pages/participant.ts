import { expect, type Locator, type Page } from "@playwright/test";

import { hydrated } from "../fixtures/test.ts";
import { rowOf } from "./list.ts";

/** The number in the address of a participant's page. */
export async function idOf(page: Page, relationNumber: string, name: string): Promise<string> {
  await page.goto(`/deelnemers?contract=alle&relatienummer=${relationNumber}`);
  await hydrated(page);
  const href = await rowOf(page, name).getByRole("link", { name, exact: true }).getAttribute("href");
  const id = /\/deelnemers\/(\d+)/.exec(href ?? "")?.[1];
  expect(id, `the address of ${name}`).toBeDefined();
  return id ?? "";
}

/** Opens the page of a participant, by way of the list. */
export async function openParticipant(page: Page, relationNumber: string, name: string): Promise<string> {
  const id = await idOf(page, relationNumber, name);
  await page.goto(`/deelnemers/${id}`);
  await hydrated(page);
  await expect(page.getByRole("heading", { level: 1 })).toContainText(name);
  return id;
}

/** Opens "Direct afmelden" of a participant as a page of its own, which works in every browser. */
export async function openDeregister(page: Page, relationNumber: string, name: string): Promise<string> {
  const id = await idOf(page, relationNumber, name);
  await page.goto(`/deelnemers/${id}/afmelden`);
  await hydrated(page);
  await expect(page.getByRole("main")).toContainText(name);
  return id;
}

/** Fills in the end and the reason. */
export async function fillDeregistration(page: Page, endDate: string, reason: string): Promise<void> {
  await page.getByLabel("Einddatum (t/m)").fill(endDate);
  await page.getByLabel("Reden").selectOption({ label: reason });
}

/** Sends the date and the reason: what would happen is shown, nothing is done yet. */
export async function askDeregistration(page: Page): Promise<void> {
  await page.getByRole("main").getByRole("button", { name: "Afmelden", exact: true }).click();
  await hydrated(page);
}

/** Confirms what is shown. */
export async function confirmDeregistration(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Bevestig" }).click();
  await hydrated(page);
}

/** Asks and confirms, and waits until it is done. */
export async function deregister(page: Page, endDate: string, reason: string): Promise<void> {
  await fillDeregistration(page, endDate, reason);
  await askDeregistration(page);
  await confirmDeregistration(page);
  await expect(receipt(page)).toContainText(/afgemeld/i);
  await hydrated(page);
}

/** What was just done, as the page acknowledges it. */
export function receipt(page: Page): Locator {
  return page.getByRole("main").getByRole("status").filter({ has: page.getByRole("heading") });
}
