import type { Page } from "@playwright/test";

import { demoAccount } from "../../fixtures/people.ts";
import { expect, hydrated, test } from "../../fixtures/test.ts";

// What script adds to the queue: keys, the box for all, and decisions for which nothing is loaded anew.
test.use({ contents: "demo", changesData: true });

/** Leaves a mark that is gone once the page is loaded anew. */
async function mark(page: Page): Promise<void> {
  await page.evaluate(() => document.documentElement.setAttribute("data-marked", ""));
}

async function expectMarked(page: Page): Promise<void> {
  await expect(page.locator("html[data-marked]")).toBeAttached();
}

test("rows are walked, ticked, opened and decided with keys, and nothing is loaded anew", async ({ page, signIn }) => {
  await signIn(demoAccount, "/valideren");
  await mark(page);
  const main = page.getByRole("main");
  const links = main.locator("table.queue tbody th a");
  await page.keyboard.press("j");
  await expect(links.first()).toBeFocused();
  await page.keyboard.press("j");
  await expect(links.nth(1)).toBeFocused();
  await page.keyboard.press("k");
  await expect(links.first()).toBeFocused();
  await page.keyboard.press("x");
  await expect(main.getByRole("checkbox", { name: "E. Zeestra kiezen" })).toBeChecked();
  await expect(main.getByRole("button", { name: "Goedkeuren (1)", exact: true })).toBeVisible();
  await page.keyboard.press("x");
  await expect(main.getByRole("button", { name: "Goedkeuren", exact: true })).toBeVisible();
  // On a box Enter opens the request, and approves nothing.
  await main.getByRole("checkbox", { name: "E. Zeestra kiezen" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: /^E\. Zeestra/ })).toBeVisible();
  await page.goBack();
  await expect(main.getByText("19 mutaties wachten op u")).toBeVisible();

  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await main.getByRole("button", { name: "Goedkeuren (1)", exact: true }).click();
  await expect(page.getByRole("status").getByText("H.C. Sørensen is goedgekeurd")).toBeVisible();
  await expect(main.getByText("18 mutaties wachten op u")).toBeVisible();
  await main.getByRole("button", { name: "Goedkeuring van H.C. Sørensen ongedaan maken" }).click();
  await expect(page.getByRole("status").getByText("De goedkeuring is ongedaan gemaakt")).toBeVisible();
  await expect(main.getByText("19 mutaties wachten op u")).toBeVisible();
  await expectMarked(page);
});

test("keys do nothing where they were turned off, also on the next visit", async ({ page, signIn }) => {
  await signIn(demoAccount, "/valideren");
  const main = page.getByRole("main");
  const first = main.locator("table.queue tbody th a").first();
  await main.getByRole("checkbox", { name: /^Toetsen/ }).uncheck();
  await page.reload();
  await hydrated(page);
  await expect(main.getByRole("checkbox", { name: /^Toetsen/ })).not.toBeChecked();
  await page.keyboard.press("j");
  await expect(first).not.toBeFocused();
  await main.getByRole("checkbox", { name: /^Toetsen/ }).check();
  await page.keyboard.press("j");
  await expect(first).toBeFocused();
});

test("keys are keys where one types", async ({ page, signIn }) => {
  await signIn(demoAccount, "/valideren");
  const field = page.getByRole("main").getByRole("search").getByLabel("Naam");
  await field.focus();
  await page.keyboard.type("jxk");
  await expect(field).toHaveValue("jxk");
  await expect(field).toBeFocused();
});

test("all are ticked at once, and nobody is on another list", async ({ page, signIn }) => {
  await signIn(demoAccount, "/valideren");
  const main = page.getByRole("main");
  await main.getByRole("checkbox", { name: "Alles", exact: true }).check();
  await expect(main.getByRole("button", { name: "Goedkeuren (19)", exact: true })).toBeVisible();
  await main.getByRole("link", { name: /^Vraag gesteld/ }).click();
  await expect(main.getByRole("link", { name: "K. Bakkenes" })).toBeVisible();
  await expect(main.getByRole("checkbox", { name: "K. Bakkenes kiezen" })).not.toBeChecked();
  await expect(main.getByRole("button", { name: "Goedkeuren", exact: true })).toBeVisible();
});

test("what was typed about one request is not sent about the next", async ({ page, signIn }) => {
  await signIn(demoAccount, "/valideren");
  const main = page.getByRole("main");
  await main.getByRole("link", { name: "E. Zeestra" }).click();
  await expect(page.getByRole("heading", { level: 1, name: /^E\. Zeestra/ })).toBeVisible();
  await main.getByLabel("Personeelsnummer").fill("DL-1");
  await main.getByText("Verwijderen", { exact: true }).click();
  await main.getByLabel("Reden").fill("Niet van ons");
  await main.getByRole("link", { name: "Volgende" }).click();
  await expect(page.getByRole("heading", { level: 1, name: /^H\.C\. Sørensen/ })).toBeVisible();
  await expect(main.getByLabel("Personeelsnummer")).toHaveValue("");
  await main.getByText("Verwijderen", { exact: true }).click();
  await expect(main.getByLabel("Reden")).toHaveValue("");
});

test("an approval can be taken back for a minute", async ({ page, signIn }) => {
  await page.clock.install();
  await signIn(demoAccount, "/valideren");
  const main = page.getByRole("main");
  await main.getByRole("link", { name: "D. Rietveld" }).click();
  await hydrated(page);
  await main.getByRole("button", { name: "Goedkeuren", exact: true }).click();
  const undo = main.getByRole("button", { name: "Ongedaan maken" });
  await expect(undo).toBeVisible();
  await page.clock.fastForward("01:01");
  await expect(undo).toHaveCount(0);
});
