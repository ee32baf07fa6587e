import type { Page } from "@playwright/test";

import { demoAccount, demoStaff } from "../../fixtures/people.ts";
import { expect, hydrated, setUpSecondStep, test } from "../../fixtures/test.ts";

// The employer's queue; the demonstration has requests in every state.
test.use({ contents: "demo", changesData: true });

async function press(page: Page, button: string): Promise<void> {
  await page.getByRole("main").getByRole("button", { name: button, exact: true }).click();
  await hydrated(page);
}

test("the queue tells what waits, and several are approved at once", async ({ page, signIn }) => {
  await signIn(demoAccount, "/");
  await page.getByRole("navigation").first().getByRole("link", { name: "Valideren", exact: true }).click();
  await hydrated(page);
  const main = page.getByRole("main");
  await expect(main.getByText("12 mutaties wachten op u · oudste 9 dagen")).toBeVisible();
  await expect(main.locator("table.queue tbody tr").first()).toContainText("E. Zeestra");
  await main.getByRole("checkbox", { name: "R. Terpstra kiezen" }).check();
  await main.getByRole("checkbox", { name: "P. Noordhof kiezen" }).check();
  await press(page, "Gekozen mutaties goedkeuren");
  await expect(page.getByRole("status").getByText("2 mutaties gedaan")).toBeVisible();
  await expect(main.getByText("10 mutaties wachten op u")).toBeVisible();

  // One of them is taken back within the minute, and waits again.
  await press(page, "Goedkeuring van P. Noordhof ongedaan maken");
  await expect(page.getByRole("status").getByText("De goedkeuring is ongedaan gemaakt")).toBeVisible();
  await main.getByRole("link", { name: "Alle mutaties" }).click();
  await hydrated(page);
  await expect(main.getByRole("link", { name: "P. Noordhof" })).toBeVisible();
});

test("a request is opened, removed with a reason, or asked about", async ({ page, signIn, portal, guard }) => {
  guard.allow(/\b422\b/);
  await signIn(demoAccount, "/valideren?naam=akkerman");
  const main = page.getByRole("main");
  await main.getByRole("link", { name: "L. Akkerman" }).click();
  await hydrated(page);
  await expect(main.getByRole("row").filter({ hasText: "Gezinslid" })).toContainText("J. Akkerman");
  await main.getByText("Verwijderen", { exact: true }).click();
  await press(page, "Verwijderen met deze reden");
  await expect(page.getByRole("alert").getByRole("link").first()).toBeVisible();
  await main.getByLabel("Reden").fill("U werkt nog niet bij ons.");
  await press(page, "Verwijderen met deze reden");
  await expect(page.getByRole("status").getByText("L. Akkerman is verwijderd")).toBeVisible();
  expect(await portal.mail("akkerman@werknemer.example")).toContain("U werkt nog niet bij ons.");

  await page.goto("/valideren?naam=hoekman");
  await hydrated(page);
  await main.getByRole("link", { name: "A.B. Hoekman" }).click();
  await hydrated(page);
  await main.getByText("Vraag aan werknemer", { exact: true }).click();
  await main.getByLabel("Uw vraag").fill("Op welke locatie werkt u?");
  await press(page, "Vraag versturen");
  await expect(page.getByRole("status").getByText("De vraag over A.B. Hoekman is verstuurd.")).toBeVisible();
});

test("whether anything waits is chosen per contract", async ({ page, signIn }) => {
  await signIn(demoAccount, "/validatie-overzicht");
  const box = page.getByRole("checkbox", { name: /^Aanmelding valideren voor 23595/ });
  await expect(box).toBeChecked();
  await box.uncheck();
  await press(page, "Opslaan");
  await expect(page.getByRole("status").getByText("De keuzes zijn opgeslagen")).toBeVisible();
  await expect(box).not.toBeChecked();
  await expect(page.getByRole("main").getByText(/^Hanna Rozema, 01-11-2026/)).toBeVisible();
});

test("the helpdesk sees what could not be processed, and takes it up", async ({ page, signIn }) => {
  await signIn(demoStaff);
  await setUpSecondStep(page, demoStaff);
  await page.goto("/beheer/vastgelopen");
  await hydrated(page);
  const row = page.getByRole("main").getByRole("row").filter({ hasText: "T. Vastenhout" });
  await expect(row).toContainText("Het BSN hoort bij iemand met een andere geboortedatum.");
  await row.getByRole("button", { name: "Oppakken" }).click();
  await hydrated(page);
  await expect(row).toContainText("Jelle Postma");
});
