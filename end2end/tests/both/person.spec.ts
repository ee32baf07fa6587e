import type { Locator, Page } from "@playwright/test";

import { expect, hydrated, test } from "../../fixtures/test.ts";
import { accounts, demoAccount, people } from "../../fixtures/people.ts";
import { rowOf, rows } from "../../pages/list.ts";
import { openParticipant, receipt } from "../../pages/participant.ts";

test.describe("a participant's page", () => {
  test.use({ changesData: true });
  test.beforeEach(async ({ signIn }) => signIn(accounts.hr, "/deelnemers?contract=30001"));

  test("shows the person, the household and the periods", async ({ page }) => {
    await openParticipant(page, people.father.relation_number, "H. de Boer");
    const main = page.getByRole("main");
    await expect(main.getByText(people.father.relation_number).first()).toBeVisible();
    await expect(main.getByText("03-04-1979")).toBeVisible();
    await expect(main.getByText("01-01-2015").first()).toBeVisible();
    await expect(main.getByText(people.father.personnel_number).first()).toBeVisible();
    await expect(main.getByRole("link", { name: "L. Boer-Pieters" })).toBeVisible();
    await main.getByRole("link", { name: "N. de Boer" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("N. de Boer");
    await expect(main.getByRole("link", { name: "H. de Boer" })).toBeVisible();
  });

  test("the personnel number is changed, and the mutation shows old and new", async ({ page }) => {
    await openParticipant(page, people.single.relation_number, "A. Eenling");
    await changeNumber(page, "00777");
    const main = page.getByRole("main");
    await expect(main.getByText("00777").first()).toBeVisible();
    await expect(main.getByText(accounts.hr.name).first()).toBeVisible();
    await expect(main.getByText(people.single.personnel_number).first()).toBeVisible();
    await page.goto("/deelnemers?contract=30001&personeelsnummer=00777");
    await expect(rows(page)).toHaveCount(1);
    await expect(rows(page).first()).toContainText("A. Eenling");
  });

  test("a number that is too long is told at the field", async ({ page, guard }) => {
    guard.allow(/\b4\d\d\b/);
    await openParticipant(page, people.single.relation_number, "A. Eenling");
    await openNumber(page);
    const long = "1234567890123456789012345";
    // The browser itself would hold back the rest.
    await numberField(page).evaluate((field) => field.removeAttribute("maxlength"));
    await saveNumber(page, long);
    const field = numberField(page);
    await expect(field).toHaveValue(long);
    await expect(field).toHaveAttribute("aria-invalid", "true");
  });

  test("of two colleagues the second is told what the first did", async ({ page, colleague, guard }) => {
    guard.allow(/\b409\b/);
    const id = await openParticipant(page, people.single.relation_number, "A. Eenling");
    await openNumber(page);

    const other = await colleague(accounts.colleague, `/deelnemers/${id}`);
    await changeNumber(other, "11111");
    await expect(receipt(other)).toContainText("11111");

    await saveNumber(page, "22222");
    await expect(page.getByRole("alert").first()).toContainText(accounts.colleague.name);
    await expect(numberField(page)).toHaveValue("22222");
    await page.goto(`/deelnemers/${id}`);
    await expect(page.getByRole("main").getByText("11111").first()).toBeVisible();
    await expect(page.getByRole("main").getByText("22222")).toHaveCount(0);
  });

  // asvs = "8.2.2"
  test("another employer's participant answers like one that does not exist", async ({ page, colleague, guard }) => {
    guard.allow(/404/);
    const theirs = await colleague(accounts.stranger, "/deelnemers");
    const address = await rowOf(theirs, "V. Vreemdeling").getByRole("link", { name: "V. Vreemdeling", exact: true }).getAttribute("href");
    expect(address).toMatch(/^\/deelnemers\/\d+$/);
    const texts: string[] = [];
    for (const path of [address ?? "", "/deelnemers/99999999"]) {
      expect((await page.goto(path))?.status(), path).toBe(404);
      texts.push(await page.getByRole("main").innerText());
      expect((await page.goto(`${path}/afmelden`))?.status(), `${path}/afmelden`).toBe(404);
    }
    expect(texts[0]).toBe(texts[1]);
    await expect(page.getByText("Vreemdeling")).toHaveCount(0);
  });
});

test.describe("the BSN of the demonstration", () => {
  test.use({ contents: "demo" });

  // asvs = "14.2.6"
  test("is masked until it is revealed, by a form that is posted", async ({ page, signIn, guard }) => {
    await signIn(demoAccount, "/deelnemers?contract=23595&gezinsleden=nee");
    const masked = rows(page).filter({ hasText: /\*{5}\d{4}/ }).first();
    await masked.getByRole("rowheader").getByRole("link").click();
    await hydrated(page);
    const main = page.getByRole("main");
    await expect(main.getByText(/\*{5}\d{4}/).first()).toBeVisible();
    const lastFour = /\*{5}(\d{4})/.exec(await main.innerText())?.[1] ?? "";
    await main.locator("form:has(input[value=toon]) button").click();
    const whole = main.getByText(new RegExp(`^\\d{5}${lastFour}$`)).first();
    await expect(whole).toBeVisible();
    const bsn = await whole.innerText();
    for (const address of [page.url(), ...guard.addresses]) expect(address).not.toContain(bsn);
  });
});

function numberField(page: Page): Locator {
  return page.getByRole("main").locator("input[name=personeelsnummer]");
}

async function openNumber(page: Page): Promise<void> {
  await page.getByRole("main").locator("a[href*='wijzig=nummer']").click();
  await expect(numberField(page)).toBeVisible();
  await hydrated(page);
}

async function saveNumber(page: Page, value: string): Promise<void> {
  await numberField(page).fill(value);
  await page.getByRole("main").getByRole("button", { name: "Opslaan" }).click();
  await hydrated(page);
}

async function changeNumber(page: Page, value: string): Promise<void> {
  await openNumber(page);
  await saveNumber(page, value);
}
