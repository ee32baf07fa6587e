import { accounts } from "../../fixtures/people.ts";
import { expect, hydrated, test } from "../../fixtures/test.ts";

const { hr, colleague, finance } = accounts;

test.use({ changesData: true });

test("the menu leads to the users, for who manages accounts alone", async ({ page, signIn, colleague: other }) => {
  await signIn(hr);
  await page.getByRole("navigation").first().getByRole("link", { name: "Accountbeheer" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Accountbeheer" })).toBeVisible();
  await expect(page.getByRole("rowheader", { name: colleague.name })).toBeVisible();
  await expect(page.getByText("Otto Elders")).toHaveCount(0);
  const theirs = await other(colleague, "/");
  await expect(theirs.getByRole("navigation").first().getByRole("link", { name: "Accountbeheer" })).toHaveCount(0);
});

test("rights are given and taken per contract, and hold from the next click on", async ({ page, signIn, colleague: other, guard }) => {
  guard.allow(/403/);
  const theirs = await other(colleague, "/deelnemers");
  await expect(theirs.getByRole("heading", { level: 1, name: "Huidige deelnemers" })).toBeVisible();
  await signIn(hr, "/accountbeheer");
  await page.getByRole("link", { name: `${colleague.name} bewerken` }).click();
  await expect(page.getByRole("heading", { level: 1, name: colleague.name })).toBeVisible();
  await page.getByRole("checkbox", { name: /^Administratief op 30001/ }).uncheck();
  await page.getByRole("checkbox", { name: /^Financieel op 30001/ }).check();
  await page.getByRole("checkbox", { name: /^Administratief op 30002/ }).check();
  await page.getByRole("button", { name: "Account bewerken" }).click();
  await hydrated(page);
  await expect(page.getByRole("status").getByText("De rechten zijn gewijzigd")).toBeVisible();
  await expect(page.getByRole("checkbox", { name: /^Administratief op 30001/ })).not.toBeChecked();
  await expect(page.getByRole("checkbox", { name: /^Administratief op 30002/ })).toBeChecked();

  await theirs.goto("/deelnemers?contract=30001");
  await expect(theirs.getByRole("heading", { level: 1, name: "Huidige deelnemers" })).toHaveCount(0);
  await theirs.goto("/deelnemers?contract=30002");
  await expect(theirs.getByRole("heading", { level: 1, name: "Huidige deelnemers" })).toBeVisible();
});

test("a new user gets a mail, chooses a password and has those rights", async ({ page, signIn, open, portal, guard }) => {
  guard.allow(/\b4\d\d\b/);
  await signIn(hr, "/accountbeheer");
  await page.getByRole("link", { name: "Een nieuwe gebruiker toevoegen" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Nieuwe gebruiker" })).toBeVisible();
  await page.getByLabel("Naam", { exact: true }).fill("Nora Nieuw");
  await page.getByLabel("E-mailadres", { exact: true }).fill("nora werkgever");
  await page.getByRole("checkbox", { name: /^Administratief op 30002/ }).check();
  await page.getByRole("button", { name: "Gebruiker toevoegen" }).click();
  await hydrated(page);
  // What is wrong is said at its field, and what was filled in stays.
  await expect(page.getByRole("alert").getByText(/Vul een e-mailadres in/)).toBeVisible();
  await expect(page.getByLabel("Naam", { exact: true })).toHaveValue("Nora Nieuw");
  await expect(page.getByRole("checkbox", { name: /^Administratief op 30002/ })).toBeChecked();
  await page.getByLabel("E-mailadres", { exact: true }).fill("nora@werkgever.example");
  await page.getByRole("button", { name: "Gebruiker toevoegen" }).click();
  await hydrated(page);
  await expect(page.getByRole("status").getByText("De gebruiker is toegevoegd")).toBeVisible();
  const row = page.getByRole("row").filter({ hasText: "Nora Nieuw" });
  await expect(row.getByText("Nog niet geactiveerd")).toBeVisible();

  const link = await portal.mailedLink("nora@werkgever.example");
  await page.getByRole("button", { name: "Uitloggen" }).click();
  await open(link);
  await page.getByLabel("Nieuw wachtwoord").fill("paard fiets wolken lepel");
  await page.getByRole("button", { name: "Account activeren" }).click();
  await expect(page.getByRole("banner").getByText("Nora Nieuw")).toBeVisible();
  await hydrated(page);
  await page.getByRole("navigation").first().getByRole("link", { name: "Huidige deelnemers" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Huidige deelnemers" })).toBeVisible();
});

test("a user who is removed is out at once", async ({ page, signIn, colleague: other }) => {
  const theirs = await other(finance, "/");
  await expect(theirs.getByRole("banner").getByText(finance.name)).toBeVisible();
  await signIn(hr, "/accountbeheer");
  await page.getByRole("link", { name: finance.name, exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: finance.name })).toBeVisible();
  await page.getByText("Gebruiker verwijderen").click();
  await page.getByRole("button", { name: `Ja, verwijder ${finance.name}` }).click();
  await hydrated(page);
  await expect(page.getByRole("status").getByText("De gebruiker is verwijderd")).toBeVisible();
  await expect(page.getByRole("rowheader", { name: finance.name })).toHaveCount(0);
  await theirs.goto("/");
  await expect(theirs.getByRole("heading", { level: 1, name: "Inloggen" })).toBeVisible();
});

test("the last who manages accounts cannot remove itself", async ({ page, signIn, guard }) => {
  guard.allow(/422/);
  await signIn(hr, "/accountbeheer");
  await page.getByRole("link", { name: `${hr.name} bewerken` }).click();
  await page.getByRole("checkbox", { name: /^Accountbeheer op 30001/ }).uncheck();
  await page.getByRole("button", { name: "Account bewerken" }).click();
  await hydrated(page);
  await expect(page.getByRole("alert").getByText(/Op elk contract moet iemand accounts beheren/)).toBeVisible();
  await expect(page.getByRole("checkbox", { name: /^Accountbeheer op 30001/ })).not.toBeChecked();
});
