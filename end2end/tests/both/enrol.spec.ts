import type { Page } from "@playwright/test";

import { demoAccount, inventedBsn } from "../../fixtures/people.ts";
import { expect, hydrated, test } from "../../fixtures/test.ts";

// Enrolling on the open pages, as on a phone, up to the row in "Huidige deelnemers".
test.use({ contents: "demo", changesData: true, viewport: { width: 320, height: 720 } });

async function next(page: Page, button = "Verder"): Promise<void> {
  await page.getByRole("main").getByRole("button", { name: button, exact: true }).click();
  await hydrated(page);
}

async function fill(page: Page, fields: Record<string, string>): Promise<void> {
  const main = page.getByRole("main");
  for (const [label, value] of Object.entries(fields)) await main.getByLabel(label, { exact: true }).fill(value);
}

async function asks(page: Page, question: string): Promise<void> {
  await expect(page.getByRole("heading", { level: 1, name: question, exact: true })).toBeVisible();
}

/** Answers everything up to the page on which it is checked. */
async function answer(page: Page, open: (path: string) => Promise<void>, surname: string, bsn: string, email: string): Promise<void> {
  await open("/aanmelden/23595");
  await expect(page.getByText("Contract van Zorggroep De Linde")).toBeVisible();
  await page.getByLabel("Ik meld mijzelf aan").check();
  await next(page);
  await asks(page, "Hoe heet u?");
  await fill(page, { Voorletters: "e.", Achternaam: surname });
  await next(page);
  await asks(page, "Wanneer bent u geboren?");
  await fill(page, { Geboortedatum: "27-3-1985" });
  await page.getByLabel("Vrouw", { exact: true }).check();
  await next(page);
  await asks(page, "Wat is uw burgerservicenummer?");
  await fill(page, { BSN: bsn });
  await next(page);
  await asks(page, "Waar woont u?");
  await fill(page, { Postcode: "7411ld", Huisnummer: "12", Straat: "Lindelaan", Plaats: "Lindeveld" });
  await next(page);
  await asks(page, "Hoe kunnen wij u bereiken?");
  await fill(page, { "E-mailadres": email });
  await next(page);
  await asks(page, "Wat is het personeelsnummer?");
  await next(page);
  await asks(page, "Doet er gezin mee?");
  await page.getByLabel("Nee", { exact: true }).check();
  await next(page);
  await asks(page, "Welke verzekering wordt het?");
  await page.getByLabel("Basisverzekering", { exact: true }).check();
  await page.getByLabel("Tand 250").check();
  await next(page);
  await asks(page, "Wanneer gaat de verzekering in?");
  await fill(page, { Ingangsdatum: "1-12-2026" });
  await next(page);
  await asks(page, "Controleer de antwoorden");
}

test("an employee enrols on a phone, the employer approves, and the row is there", async ({ page, open, portal, signIn }) => {
  const bsn = inventedBsn(9101);
  const email = "elske.proef@werknemer.example";
  await answer(page, open, "Proefstra", bsn, email);
  const main = page.getByRole("main");
  await expect(main.getByText("E. Proefstra")).toBeVisible();
  await expect(main.getByText(`*****${bsn.slice(-4)}`)).toBeVisible();
  expect(await page.content()).not.toContain(bsn);
  await next(page, "Versturen");
  await asks(page, "De aanmelding is verstuurd");
  await expect(main.getByText(email)).toBeVisible();

  const link = await portal.mailedLink(email);
  await open(link);
  await asks(page, "Bevestig uw e-mailadres");
  await next(page, "Bevestig mijn e-mailadres en verstuur");
  await asks(page, "De aanmelding wacht op de werkgever");

  await signIn(demoAccount, "/valideren?naam=proefstra");
  await page.getByRole("main").getByRole("link", { name: "E. Proefstra" }).click();
  await hydrated(page);
  await expect(page.getByRole("heading", { level: 1, name: "E. Proefstra meldt zich aan per 01-12-2026" })).toBeVisible();
  await fill(page, { Personeelsnummer: "DL-9101" });
  await next(page, "Goedkeuren");
  await expect(page.getByRole("status").getByText("E. Proefstra is goedgekeurd")).toBeVisible();
  await page.getByRole("main").getByRole("link", { name: "Naar E. Proefstra" }).click();
  await hydrated(page);
  await expect(page.getByRole("heading", { level: 1, name: "E. Proefstra" })).toBeVisible();
  await expect(page.getByRole("main").getByText("DL-9101").first()).toBeVisible();
  await expect(page.getByRole("main").getByText("Lindelaan 12")).toBeVisible();

  await open(link);
  await asks(page, "De aanmelding is verwerkt");
});

test("what is wrong is said at its field, what was answered stays, and can be gone on with later", async ({ page, open, guard }) => {
  guard.allow(/\b4\d\d\b/);
  await open("/aanmelden");
  await fill(page, { Collectiviteitsnummer: "99998" });
  await page.getByLabel("Ik meld mijzelf aan").check();
  await next(page);
  await expect(page.getByRole("alert").getByRole("link").first()).toBeVisible();
  await expect(page).toHaveTitle(/^Fout:/);
  await fill(page, { Collectiviteitsnummer: "23595" });
  await next(page);
  await asks(page, "Hoe heet u?");
  await fill(page, { Voorletters: "A.", Achternaam: "Later" });
  await next(page);
  await fill(page, { Geboortedatum: "29-2-1981" });
  await page.getByLabel("Man", { exact: true }).check();
  await next(page);
  await expect(page.getByRole("alert").getByText(/februari 1981/)).toBeVisible();
  await expect(page.getByLabel("Geboortedatum", { exact: true })).toHaveValue("29-2-1981");

  await open("/aanmelden");
  await page.getByRole("link", { name: "Verder gaan" }).click();
  await hydrated(page);
  await asks(page, "Uw aanmelding");
  await page.getByRole("link", { name: "Verder gaan" }).click();
  await hydrated(page);
  await asks(page, "Wanneer bent u geboren?");
  await expect(page.getByLabel("Geboortedatum", { exact: true })).toHaveValue("29-2-1981");

  await open("/aanmelden/stappen");
  await next(page, "Antwoorden weggooien");
  await open("/aanmelden/stap/naam");
  await asks(page, "De antwoorden zijn er niet meer");
});

test("a family comes along, and an enrolment can be withdrawn", async ({ page, open, portal, guard }) => {
  guard.allow(/\b422\b/);
  const email = "gezin@werknemer.example";
  await answer(page, open, "Gezinsma", inventedBsn(9102), email);
  await page.getByRole("link", { name: "Gezinsleden wijzigen" }).click();
  await hydrated(page);
  await page.getByLabel("Ja", { exact: true }).check();
  await next(page);
  await asks(page, "Wie doet er mee?");
  await fill(page, { Voorletters: "M.", Achternaam: "Gezinsma", Geboortedatum: "3-5-2019", BSN: inventedBsn(9102) });
  await page.getByLabel("Vrouw", { exact: true }).check();
  await next(page, "Gezinslid bewaren");
  await expect(page.getByRole("alert").getByRole("link").first()).toBeVisible();
  await fill(page, { BSN: inventedBsn(9103) });
  await next(page, "Gezinslid bewaren");
  await asks(page, "Doet er gezin mee?");
  await expect(page.getByRole("main").getByText("M. Gezinsma, 3-5-2019")).toBeVisible();
  await open("/aanmelden/controleren");
  await expect(page.getByRole("main").getByText(/M\. Gezinsma/)).toBeVisible();
  await next(page, "Versturen");
  await open(await portal.mailedLink(email));
  await next(page, "Bevestig mijn e-mailadres en verstuur");
  await page.getByRole("link", { name: "Aanmelding intrekken" }).click();
  await hydrated(page);
  await next(page, "Ja, intrekken");
  await asks(page, "De aanmelding is ingetrokken");
});

test("the open pages speak English", async ({ page, open }) => {
  await open("/aanmelden");
  await page.getByRole("button", { name: "English" }).click();
  await hydrated(page);
  await asks(page, "Enrol in the collective health insurance");
  await fill(page, { "Contract number": "23595" });
  await page.getByLabel("I am the employer and enrol an employee").check();
  await fill(page, { "Your name": "Hanna Rozema", "Your e-mail address": "hanna@werkgever.example" });
  await next(page, "Next");
  await asks(page, "What is the employee's name?");
});
