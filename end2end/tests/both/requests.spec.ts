import type { Page } from "@playwright/test";

import { accounts, staff } from "../../fixtures/people.ts";
import { expect, hydrated, test } from "../../fixtures/test.ts";

test.use({ changesData: true });

const email = "wies@werkgever.example";

/** Asks for an account and confirms the address. */
async function ask(page: Page, open: (path: string) => Promise<void>, portal: { mailedLink: (to: string) => Promise<string> }): Promise<void> {
  await open("/inloggen");
  await page.getByRole("link", { name: "Account aanvragen" }).click();
  await hydrated(page);
  await page.getByLabel("Organisatie").fill("Stichting Proef");
  await page.getByLabel("KvK-nummer").fill("1234567");
  await page.getByLabel("Contractnummer").fill("30001");
  await page.getByLabel("Uw naam").fill("Wies Werker");
  await page.getByLabel("E-mailadres").fill(email);
  await page.getByLabel("Telefoonnummer").fill("06 12345678");
  await page.getByRole("checkbox", { name: /^Administratief/ }).check();
  await page.getByRole("button", { name: "Account aanvragen" }).click();
  await hydrated(page);
  // What is wrong is said at its field, and what was filled in stays.
  await expect(page.getByRole("alert").getByText("Een KvK-nummer heeft 8 cijfers")).toBeVisible();
  await expect(page.getByLabel("Uw naam")).toHaveValue("Wies Werker");
  await expect(page.getByRole("checkbox", { name: /^Administratief/ })).toBeChecked();
  await page.getByLabel("KvK-nummer").fill("12345678");
  await page.getByRole("button", { name: "Account aanvragen" }).click();
  await hydrated(page);
  await expect(page.getByRole("heading", { level: 1, name: "Kijk in uw e-mail" })).toBeVisible();
  await open(await portal.mailedLink(email));
  await expect(page.getByText("contract 30001")).toBeVisible();
  await page.getByRole("button", { name: "Ja, bevestig mijn aanvraag" }).click();
  await hydrated(page);
  await expect(page.getByRole("heading", { level: 1, name: "Uw aanvraag is bevestigd" })).toBeVisible();
}

test("an account that is asked for is approved, activated and used", async ({ page, open, portal, colleague, guard }) => {
  guard.allow(/\b4\d\d\b/);
  await ask(page, open, portal);
  const desk = await colleague(staff, "/beheer");
  await desk.getByRole("link", { name: "1 aanvraag voor een account wacht." }).click();
  await desk.getByRole("link", { name: "Wies Werker" }).click();
  await expect(desk.getByRole("heading", { level: 1, name: "Aanvraag van Wies Werker" })).toBeVisible();
  // The employer's KvK number is not known yet, so nothing is ticked beforehand.
  await expect(desk.getByText("Controleer eerst")).toBeVisible();
  await desk.getByRole("button", { name: "Goedkeuren" }).click();
  await hydrated(desk);
  await expect(desk.getByRole("alert").getByText(/Kies ten minste één recht/)).toBeVisible();
  await desk.getByRole("checkbox", { name: /^Administratief op 30001/ }).check();
  await desk.getByRole("button", { name: "Goedkeuren" }).click();
  await hydrated(desk);
  await expect(desk.getByRole("status").getByText("De aanvraag is goedgekeurd")).toBeVisible();

  await open(await portal.mailedLink(email));
  await page.getByLabel("Nieuw wachtwoord").fill("paard fiets wolken lepel");
  await page.getByRole("button", { name: "Account activeren" }).click();
  await expect(page.getByRole("banner").getByText("Wies Werker")).toBeVisible();
  await open("/deelnemers?contract=30001");
  await expect(page.getByRole("heading", { level: 1, name: "Huidige deelnemers" })).toBeVisible();

  await desk.goto(`/beheer?zoek=${encodeURIComponent("Wies")}`);
  await desk.getByRole("link", { name: "Wies Werker" }).click();
  // What happened to the request stands on one screen.
  await expect(desk.getByText("Goedgekeurd")).toBeVisible();
  await expect(desk.getByRole("rowheader", { name: "Link om een aanvraag te bevestigen" })).toBeVisible();
});

test("whoever is refused is told why, and a colleague who is late is told by whom", async ({ page, open, portal, colleague, guard }) => {
  guard.allow(/\b4\d\d\b/);
  await ask(page, open, portal);
  const first = await colleague(staff, "/beheer/aanvragen/1");
  const late = await colleague(staff, "/beheer/aanvragen/1");
  await first.getByLabel("Reden van afwijzing").fill("U werkt niet bij deze werkgever.");
  await first.getByRole("button", { name: "Afwijzen" }).click();
  await hydrated(first);
  await expect(first.getByRole("status").getByText("De aanvraag is afgewezen")).toBeVisible();
  expect(await portal.mail(email)).toContain("U werkt niet bij deze werkgever.");
  await late.getByRole("checkbox", { name: /^Administratief op 30001/ }).check();
  await late.getByRole("button", { name: "Goedkeuren" }).click();
  await hydrated(late);
  await expect(late.getByRole("alert").getByText(staff.name)).toBeVisible();
});

test("employer staff find no back office", async ({ page, signIn, guard }) => {
  guard.allow(/404/);
  await signIn(accounts.hr, "/");
  await expect(page.getByRole("link", { name: "Aanvragen" })).toHaveCount(0);
  for (const path of ["/beheer", "/beheer/aanvragen", "/beheer/toegangslog", "/beheer/werkgevers/1"]) {
    expect((await page.goto(path))?.status()).toBe(404);
  }
});
