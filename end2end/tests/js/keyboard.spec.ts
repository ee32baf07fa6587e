import type { Page } from "@playwright/test";

import { accounts, people } from "../../fixtures/people.ts";
import { expect, hydrated, test } from "../../fixtures/test.ts";
import { rowOf } from "../../pages/list.ts";
import { receipt } from "../../pages/participant.ts";

test.use({ changesData: true });

/** Presses Tab until the focus is on what is looked for. */
async function tabTo(page: Page, matches: string): Promise<void> {
  for (let times = 0; times < 200; times += 1) {
    if (await page.evaluate((selector) => document.activeElement?.matches(selector) ?? false, matches)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab never reaches ${matches}`);
}

test("from signing in to a deregistration with the keyboard alone", async ({ page, open }) => {
  await open("/inloggen");
  await tabTo(page, "[type=email], [name*=email]");
  await page.keyboard.type(accounts.hr.email);
  await page.keyboard.press("Tab");
  await tabTo(page, "[type=password]");
  await page.keyboard.type(accounts.hr.password);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Uitloggen" })).toBeAttached();
  await hydrated(page);

  await page.goto("/deelnemers?contract=30001");
  await hydrated(page);
  await tabTo(page, "[name=achternaam]");
  await page.keyboard.type("eenling");
  await page.keyboard.press("Enter");
  await expect(rowOf(page, "A. Eenling")).toBeVisible();
  await expect(page.getByText("Aantal deelnemers: 1")).toBeVisible();
  await tabTo(page, "a.turn");
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Einddatum (t/m)")).toBeVisible();
  await tabTo(page, "main [name=einddatum]");
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("31-12-2026");
  await tabTo(page, "select[name=reden]");
  await page.keyboard.type("Einde dienstverband W");
  await tabTo(page, "main .opened button");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toBeVisible();
  await tabTo(page, "form.check button");
  await page.keyboard.press("Enter");
  await expect(receipt(page)).toContainText(/afgemeld/i);
});

test("the first Tab offers to skip to the contents", async ({ page, signIn }) => {
  await signIn(accounts.hr, "/deelnemers");
  await page.reload();
  await hydrated(page);
  await page.keyboard.press("Tab");
  const skip = page.locator(":focus");
  await expect(skip).toHaveAttribute("href", /^#/);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
});

for (const keys of ["Control+k", "/"]) {
  test(`${keys} searches participants and pages`, async ({ page, signIn }) => {
    await signIn(accounts.hr);
    await page.keyboard.press(keys);
    const field = page.getByRole("banner").getByRole("combobox", { name: "Zoek een deelnemer of pagina" });
    await expect(field).toBeFocused();
    await field.pressSequentially("jansen ven");
    const found = page.getByRole("option", { name: /J\.A\. Jansen-van de Ven/ });
    await expect(found).toBeVisible();
    await page.keyboard.press("ArrowDown");
    await expect(found).toHaveAttribute("aria-selected", "true");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { level: 1 })).toContainText("J.A. Jansen-van de Ven");
    await field.fill("oud");
    await expect(page.getByRole("option", { name: /Oud-deelnemers/ })).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(page.getByRole("option").first()).toBeHidden();
  });
}

test("Escape closes the dialog, and nothing was done", async ({ page, signIn }) => {
  await signIn(accounts.hr, `/deelnemers?contract=30001&relatienummer=${people.single.relation_number}`);
  await rowOf(page, "A. Eenling").locator("a.turn").click();
  await page.getByLabel("Reden").selectOption({ label: "Einde dienstverband" });
  await page.locator(".opened").getByRole("button", { name: "Afmelden" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
  await page.reload();
  await expect(rowOf(page, "A. Eenling")).not.toContainText("30-11-2026");
});

test("rows are walked through with the arrow keys", async ({ page, signIn }) => {
  await signIn(accounts.hr, "/deelnemers?contract=30001");
  const links = page.getByRole("rowheader").getByRole("link");
  await links.first().focus();
  await page.keyboard.press("ArrowDown");
  await expect(links.nth(1)).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(links.first()).toBeFocused();
});

test("one's own details are found like any page", async ({ page, signIn }) => {
  await signIn(accounts.hr, "/deelnemers?contract=30001");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("mijn");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Mijn gegevens" })).toBeVisible();
});
