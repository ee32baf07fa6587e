import { answer, asks, enrol, fill, follow, next } from "../../fixtures/enrolling.ts";
import { demoAccount, inventedBsn } from "../../fixtures/people.ts";
import { expect, hydrated, test } from "../../fixtures/test.ts";

// Enrolling on the open pages, as on a phone, up to the row in "Huidige deelnemers".
test.use({ contents: "demo", changesData: true, viewport: { width: 320, height: 720 } });

test("an employee enrols on a phone, the employer approves, and the row is there", async ({
  page,
  open,
  portal,
  signIn,
}) => {
  const bsn = inventedBsn(9101);
  const email = "elske.proef@werknemer.example";
  await enrol(page, open, { surname: "Proefsta", bsn, email });
  const main = page.getByRole("main");
  await expect(main.getByText(`*****${bsn.slice(-4)}`)).toBeVisible();
  await expect(main.getByText("27-03-1985")).toBeVisible();
  await expect(main.getByText("7411 LD Lindeveld")).toBeVisible();
  expect(await page.content()).not.toContain(bsn);
  await follow(page, "Naam wijzigen");
  await asks(page, "Hoe heet u?");
  await fill(page, { Achternaam: "Proefstra" });
  await next(page);
  await asks(page, "Controleer de antwoorden");
  await expect(main.getByText("E. Proefstra")).toBeVisible();
  await next(page, "Versturen");
  await asks(page, "U bent er bijna: bevestig uw e-mailadres");
  await expect(main.getByText(email)).toBeVisible();
  await expect(main.getByText(/^Kenmerk: [0-9A-Z]{4}-[0-9A-Z]{4}$/)).toBeVisible();

  const link = await portal.mailedLink(email);
  // Looking proves nothing.
  await open(link);
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

test("a family comes along, and an enrolment can be withdrawn", async ({ page, open, portal, guard }) => {
  guard.allow(/\b422\b/);
  const email = "gezin@werknemer.example";
  await enrol(page, open, { surname: "Gezinsma", bsn: inventedBsn(9102), email });
  await follow(page, "Gezinsleden wijzigen");
  await page.getByLabel("Ja", { exact: true }).check();
  await next(page);
  await asks(page, "Welk gezinslid wilt u aanmelden?");
  await fill(page, { Voorletters: "M.", Achternaam: "Gezinsma", Geboortedatum: "3-5-2019", BSN: inventedBsn(9102) });
  await page.getByLabel("Vrouw", { exact: true }).check();
  await next(page, "Gezinslid bewaren");
  await expect(page.getByRole("alert").getByRole("link").first()).toBeVisible();
  await fill(page, { BSN: inventedBsn(9103) });
  await next(page, "Gezinslid bewaren");
  await asks(page, "Wilt u ook gezinsleden aanmelden?");
  await expect(page.getByRole("main").getByText("M. Gezinsma, 03-05-2019")).toBeVisible();
  await follow(page, "Gezinslid toevoegen");
  await fill(page, { Voorletters: "T.", Achternaam: "Teveel", Geboortedatum: "4-6-2020" });
  await page.getByLabel("Man", { exact: true }).check();
  await page.getByLabel("Er is (nog) geen BSN").check();
  await next(page, "Gezinslid bewaren");
  await next(page, "T. Teveel verwijderen");
  await expect(page.getByRole("main").getByText("T. Teveel")).toHaveCount(0);
  await next(page);
  // All of this began where the answers are checked, and ends there.
  await asks(page, "Controleer de antwoorden");
  await expect(page.getByRole("main").getByText(/M\. Gezinsma/)).toBeVisible();
  expect(await page.content()).not.toContain(inventedBsn(9103));
  await next(page, "Versturen");
  await open(await portal.mailedLink(email));
  await next(page, "Bevestig mijn e-mailadres en verstuur");
  await follow(page, "Aanmelding intrekken");
  await expect(page.getByText("Weet u zeker dat u de aanmelding wilt intrekken?")).toBeVisible();
  await next(page, "Ja, intrekken");
  await asks(page, "De aanmelding is ingetrokken");
});

test("an employer enrols an employee, who hears of it once the employer's address is proven", async ({
  page,
  open,
  portal,
  guard,
}) => {
  guard.allow(/\b422\b/);
  const [reporter, employee] = ["hr@werkgever.example", "werknemer@werknemer.example"];
  await open("/aanmelden/23595");
  await page.getByLabel("Ik ben de werkgever en meld een werknemer aan").check();
  await next(page);
  await expect(page.getByRole("alert").getByRole("link").first()).toBeVisible();
  await fill(page, { "Uw naam": "Hanna Rozema", "Uw e-mailadres": reporter });
  await next(page);
  await answer(page, "werkgever", { surname: "Meldstra", bsn: inventedBsn(9104), email: employee });
  await next(page, "Versturen");
  await expect(page.getByRole("main").getByText(reporter)).toBeVisible();
  await open(await portal.mailedLink(reporter));
  await next(page, "Bevestig mijn e-mailadres en verstuur");
  await asks(page, "De aanmelding wacht op de werkgever");
  await open(await portal.mailedLink(employee));
  await asks(page, "De aanmelding wacht op de werkgever");
  await expect(page.getByRole("main").getByText("E. Meldstra")).toBeVisible();
});

test("an employee finds the way from the page on which others sign in", async ({ page, open }) => {
  await open("/inloggen");
  await follow(page, "Bent u werknemer? Meld u aan voor de collectieve zorgverzekering");
  await asks(page, "Aanmelden voor de collectieve zorgverzekering");
});

test("the open pages speak English", async ({ page, open, guard }) => {
  guard.allow(/\b422\b/);
  await open("/aanmelden");
  await page.getByRole("button", { name: "English" }).click();
  await hydrated(page);
  await asks(page, "Enrol in the collective health insurance");
  await fill(page, { "Contract number": "23595" });
  await page.getByLabel("I am the employer and enrol an employee").check();
  await fill(page, { "Your name": "Hanna Rozema", "Your e-mail address": "hanna@werkgever.example" });
  await next(page, "Next");
  await asks(page, "What is the employee's name?");
  await fill(page, { Initials: "A.", Surname: "English" });
  await next(page, "Next");
  await asks(page, "When was the employee born?");
  await fill(page, { "Birth date": "29-2-1981" });
  await next(page, "Next");
  await expect(page.getByRole("alert").getByText(/February 1981/)).toBeVisible();
  await follow(page, "Finish later");
  await asks(page, "Your enrolment");
});
