import { accounts, people } from "../../fixtures/people.ts";
import { expect, test } from "../../fixtures/test.ts";
import { rowOf } from "../../pages/list.ts";
import { receipt } from "../../pages/participant.ts";

test.use({ changesData: true });

test("somebody is deregistered with three clicks beside the choice of a reason", async ({ page, signIn }) => {
  await signIn(accounts.hr, `/deelnemers?contract=30001&relatienummer=${people.single.relation_number}`);
  let clicks = 0;
  await page.exposeFunction("clicked", () => (clicks += 1));
  await page.evaluate(() => document.addEventListener("click", () => (window as unknown as { clicked(): void }).clicked(), true));
  await rowOf(page, "A. Eenling").locator("a.turn").click();
  const opened = page.locator(".opened");
  // The usual end, the last day of this month, stands there already.
  await expect(opened.getByLabel("Einddatum (t/m)")).toHaveValue("30-11-2026");
  await expect(opened).toContainText("1 december 2026");
  await opened.getByLabel("Reden").selectOption({ label: "Einde dienstverband" });
  await opened.getByRole("button", { name: "Afmelden" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("A. Eenling");
  await dialog.getByRole("button", { name: "Bevestig" }).click();
  await expect(dialog).toBeHidden();
  await expect(receipt(page)).toContainText(/afgemeld/i);
  await expect(rowOf(page, "A. Eenling")).toContainText("30-11-2026");
  expect(clicks).toBe(3);
});

test("the dialog names the household before anything is done", async ({ page, signIn }) => {
  await signIn(accounts.hr, `/deelnemers?contract=30001&relatienummer=${people.father.relation_number}`);
  await rowOf(page, "H. de Boer").locator("a.turn").click();
  await page.locator(".opened").getByLabel("Reden").selectOption({ label: "Einde dienstverband" });
  await page.locator(".opened").getByRole("button", { name: "Afmelden" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("L. Boer-Pieters");
  await expect(dialog).toContainText("N. de Boer");
});

test("a double click deregisters once", async ({ page, signIn }) => {
  await signIn(accounts.hr, `/deelnemers?contract=30001&relatienummer=${people.single.relation_number}`);
  await rowOf(page, "A. Eenling").locator("a.turn").click();
  await page.locator(".opened").getByLabel("Reden").selectOption({ label: "Einde dienstverband" });
  await page.locator(".opened").getByRole("button", { name: "Afmelden" }).dblclick();
  await page.getByRole("dialog").getByRole("button", { name: "Bevestig" }).dblclick({ force: true });
  await expect(receipt(page)).toContainText(/afgemeld/i);
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect(rowOf(page, "A. Eenling")).toContainText("30-11-2026");
});

test("a deregistration is taken back where it was done", async ({ page, signIn }) => {
  await signIn(accounts.hr, `/deelnemers?contract=30001&relatienummer=${people.single.relation_number}`);
  await rowOf(page, "A. Eenling").locator("a.turn").click();
  await page.locator(".opened").getByLabel("Reden").selectOption({ label: "Einde dienstverband" });
  await page.locator(".opened").getByRole("button", { name: "Afmelden" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Bevestig" }).click();
  await receipt(page).getByRole("button", { name: /intrekken/i }).click();
  await expect(rowOf(page, "A. Eenling")).not.toContainText("30-11-2026");
});
