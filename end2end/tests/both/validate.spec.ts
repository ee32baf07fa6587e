import type { Page } from "@playwright/test";

import { type Account, demoAccount, demoStaff } from "../../fixtures/people.ts";
import { expect, hydrated, scriptsRun, test } from "../../fixtures/test.ts";
import { rowOf } from "../../pages/list.ts";

// The employer's queue; the demonstration has requests in every state.
test.use({ contents: "demo", changesData: true });

/** Somebody else who decides about the same contract. */
const colleagueOfDemo: Account = {
  ...demoAccount,
  email: "salaris@collectief.example",
  name: "Sjoerd Adema",
  password: "Twee-contracten-2026",
  contracts: ["23595", "24177"],
};

async function press(page: Page, button: string): Promise<void> {
  await page.getByRole("main").getByRole("button", { name: button, exact: true }).click();
  await hydrated(page);
}

/** Approves what is ticked; with scripts the button tells how many that are. */
async function approve(page: Page, count: number): Promise<void> {
  await press(page, scriptsRun() ? `Goedkeuren (${count})` : "Goedkeuren");
}

test("the queue tells what waits, and several are approved at once", async ({ page, signIn }) => {
  await signIn(demoAccount, "/");
  const main = page.getByRole("main");
  await expect(main.getByRole("heading", { name: "Te valideren" })).toBeVisible();
  await expect(main.getByText("19 mutaties wachten op u · oudste 9 dagen")).toBeVisible();
  await page.getByRole("navigation").first().getByRole("link", { name: "Valideren", exact: true }).click();
  await hydrated(page);
  await expect(page.getByRole("heading", { level: 1, name: "Valideren" })).toBeVisible();
  await expect(main.getByText("19 mutaties wachten op u · oudste 9 dagen")).toBeVisible();
  await expect(main.locator("table.queue tbody tr").first()).toContainText("E. Zeestra");
  await main.getByRole("checkbox", { name: "R. Terpstra kiezen" }).check();
  await main.getByRole("checkbox", { name: "P. Noordhof kiezen" }).check();
  await approve(page, 2);
  await expect(page.getByRole("status").getByText("2 mutaties gedaan")).toBeVisible();
  await expect(main.getByText("17 mutaties wachten op u")).toBeVisible();

  // One of them is taken back within the minute, and waits again.
  await press(page, "Goedkeuring van P. Noordhof ongedaan maken");
  await expect(page.getByRole("status").getByText("De goedkeuring is ongedaan gemaakt")).toBeVisible();
  await page.goto("/valideren");
  await hydrated(page);
  await expect(main.getByRole("link", { name: "P. Noordhof" })).toBeVisible();
  await expect(main.getByText("18 mutaties wachten op u")).toBeVisible();
});

test("a request is approved with a personnel number, and its people participate", async ({ page, signIn }) => {
  await signIn(demoAccount, "/valideren");
  const main = page.getByRole("main");
  await main.getByRole("link", { name: "E. Zeestra" }).click();
  await hydrated(page);
  await expect(page.getByRole("heading", { level: 1, name: /^E\. Zeestra meldt zich aan per \d\d-\d\d-\d{4}$/ })).toBeVisible();
  await main.getByLabel("Personeelsnummer").fill("DL-30001");
  await press(page, "Goedkeuren");
  await expect(page.getByRole("status").getByText("E. Zeestra is goedgekeurd")).toBeVisible();
  await expect(main.getByRole("button", { name: "Ongedaan maken" })).toBeVisible();
  await page.goto("/deelnemers?contract=23595&achternaam=zeestra");
  await hydrated(page);
  await expect(rowOf(page, "E. Zeestra")).toContainText("DL-30001");
  await expect(rowOf(page, "M. Zeestra")).toBeVisible();
});

test("of two colleagues the second is told what the first did", async ({ page, signIn, colleague }) => {
  await signIn(demoAccount, "/valideren?naam=terpstra");
  const late = await colleague(colleagueOfDemo, "/valideren?contract=23595&naam=terpstra");
  await page.getByRole("checkbox", { name: "R. Terpstra kiezen" }).check();
  await page.getByRole("main").getByText("Verwijderen", { exact: true }).click();
  await page.getByRole("main").getByLabel("Reden").fill("Deze collega begint niet.");
  await press(page, "Verwijderen met deze reden");
  await expect(page.getByRole("status").getByText("R. Terpstra is verwijderd")).toBeVisible();
  await late.getByRole("checkbox", { name: "R. Terpstra kiezen" }).check();
  await approve(late, 1);
  const told = /R\. Terpstra was al verwijderd door Hanna Rozema, op zondag 1 november 2026 om \d\d:\d\d/;
  await expect(late.getByRole("main").getByText(told)).toBeVisible();
});

test("a decision about nothing is no decision, and a search is never an address with a BSN", async ({ page, signIn, guard }) => {
  guard.allow(/\b422\b/);
  await signIn(demoAccount, "/valideren");
  const main = page.getByRole("main");
  await press(page, "Goedkeuren");
  await expect(page.getByRole("alert").getByRole("link", { name: "Kies eerst een of meer mutaties" })).toBeVisible();
  const search = main.getByRole("search");
  await search.getByLabel("Naam").fill("walesa");
  await search.getByRole("button", { name: "Tonen" }).click();
  await hydrated(page);
  await expect(main.locator("table.queue tbody tr")).toHaveCount(1);
  await expect(main.getByRole("link", { name: "W. Wałęsa" })).toBeVisible();
  await expect(page).toHaveURL(/naam=walesa/);
  await search.getByLabel("Naam").fill("123456782");
  await search.getByRole("button", { name: "Tonen" }).click();
  await hydrated(page);
  for (const address of [page.url(), ...guard.addresses]) expect(address).not.toContain("123456782");
});

test("who looks along sees what waits, and decides nothing", async ({ page, signIn }) => {
  await signIn(demoStaff, "/beheer/werkgevers/1");
  await page.getByLabel("Waarom kijkt u mee?").fill("Vraag van de werkgever");
  await page.getByRole("button", { name: /^Meekijken als/ }).click();
  await hydrated(page);
  const main = page.getByRole("main");
  await page.goto("/valideren");
  await hydrated(page);
  await expect(main.getByRole("link", { name: "E. Zeestra" })).toBeVisible();
  await expect(main.getByRole("checkbox")).toHaveCount(0);
  await main.getByRole("link", { name: "E. Zeestra" }).click();
  await hydrated(page);
  await expect(main.getByRole("row").filter({ hasText: "Ingangsdatum" })).toBeVisible();
  await expect(main.getByRole("button", { name: "Goedkeuren" })).toHaveCount(0);
  await page.goto("/validatie-overzicht");
  await hydrated(page);
  await expect(main.getByRole("checkbox")).toHaveCount(0);
});

test("the helpdesk sees what could not be processed, and takes it up", async ({ page, signIn }) => {
  await signIn(demoStaff, "/beheer/vastgelopen");
  const row = page.getByRole("main").getByRole("row").filter({ hasText: "T. Vastenhout" });
  await expect(row).toContainText("Het BSN hoort bij iemand met een andere geboortedatum.");
  await row.getByRole("button", { name: "Oppakken" }).click();
  await hydrated(page);
  await expect(page.getByRole("status").getByText("U behandelt nu T. Vastenhout")).toBeVisible();
  await expect(row).toContainText("Jelle Postma");
  await row.getByRole("button", { name: "Opnieuw proberen" }).click();
  await hydrated(page);
  const still = "T. Vastenhout kan nog steeds niet worden verwerkt";
  await expect(page.getByRole("status").filter({ hasText: still })).toBeVisible();
  await row.getByText("Verwijderen", { exact: true }).click();
  await row.getByLabel("Reden voor de werknemer").fill("Uw BSN hoort bij iemand anders.");
  await row.getByRole("button", { name: "Verwijderen met deze reden" }).click();
  await hydrated(page);
  await expect(page.getByRole("status").getByText("T. Vastenhout is verwijderd")).toBeVisible();
  await expect(page.getByText("Er is niets vastgelopen")).toBeVisible();
});
