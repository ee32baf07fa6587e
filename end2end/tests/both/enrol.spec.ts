import { asks, fill, follow, next } from "../../fixtures/enrolling.ts";
import { expect, test } from "../../fixtures/test.ts";

// Enrolling on the open pages, as on a phone, where it goes otherwise than straight on; journeys.spec.ts walks the whole way.
test.use({ contents: "demo", changesData: true, viewport: { width: 320, height: 720 } });

test("what is wrong is said at its field, and what was answered stays", async ({ page, open, guard }) => {
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
  await follow(page, "‹ Terug");
  await asks(page, "Hoe heet u?");
  await expect(page.getByLabel("Achternaam", { exact: true })).toHaveValue("Later");
  // The first question has its place among the others once it was answered.
  await follow(page, "‹ Terug");
  await asks(page, "Voor welk contract is de aanmelding?");
  await expect(page.getByLabel("Collectiviteitsnummer")).toHaveValue("23595");

  // What is open still is asked before anything can be sent.
  await open("/aanmelden/controleren");
  await asks(page, "Wanneer bent u geboren?");
  await open("/aanvraag/onbekend");
  await asks(page, "Deze link werkt niet");
  await open("/aanmelden/99998");
  await expect(page.getByRole("alert").getByRole("link").first()).toBeVisible();
});

test("one goes on later with what was answered, or begins anew", async ({ page, open }) => {
  await open("/aanmelden/23595");
  await page.getByLabel("Ik meld mijzelf aan").check();
  await next(page);
  await fill(page, { Voorletters: "A.", Achternaam: "Later" });
  await next(page);
  await follow(page, "Later afmaken");
  await asks(page, "Uw aanmelding");
  const steps = page.getByRole("main").getByRole("listitem");
  await expect(steps.filter({ hasText: "Overeenkomst" })).toContainText("Klaar");
  await expect(steps.filter({ hasText: "Persoonlijke gegevens" })).toContainText("Nu verder");
  await expect(steps.filter({ hasText: "Controleren" })).toContainText("Nog niet");

  await open("/aanmelden");
  await follow(page, "Verder gaan");
  await asks(page, "Uw aanmelding");
  await follow(page, "Verder gaan");
  await asks(page, "Wanneer bent u geboren?");

  await open("/aanmelden/23595");
  await next(page, "Weggooien en opnieuw beginnen");
  await expect(page.getByText("Contract van Zorggroep De Linde")).toBeVisible();
  await open("/aanmelden/stap/naam");
  await asks(page, "De antwoorden zijn er niet meer");
});

test("answers that are no longer kept are not lost without a word", async ({ page, open }) => {
  await open("/aanmelden/23595");
  await page.getByLabel("Ik meld mijzelf aan").check();
  await next(page);
  await fill(page, { Voorletters: "A.", Achternaam: "Kwijt" });
  await page.context().clearCookies();
  await next(page);
  await asks(page, "De antwoorden zijn er niet meer");
  await follow(page, "Opnieuw beginnen");
  await asks(page, "Aanmelden voor de collectieve zorgverzekering");
});

test("an employee finds the way from the page on which others sign in", async ({ page, open }) => {
  await open("/inloggen");
  await follow(page, "Bent u werknemer? Meld u aan voor de collectieve zorgverzekering");
  await asks(page, "Aanmelden voor de collectieve zorgverzekering");
});
