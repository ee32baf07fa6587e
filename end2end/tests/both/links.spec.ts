import type { Page } from "@playwright/test";

import { expect, hydrated, scriptsRun, test, typePassword } from "../../fixtures/test.ts";
import { accounts } from "../../fixtures/people.ts";

const { hr } = accounts;
const fresh = "paard fiets wolken lepel";

test.use({ changesData: true });

async function askForLink(page: Page, email: string): Promise<void> {
  await page.getByRole("link", { name: "Wachtwoord vergeten?" }).click();
  await hydrated(page);
  await page.getByLabel("E-mailadres").fill(email);
  await page.getByRole("button", { name: "Stuur de e-mail" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Kijk in uw e-mail" })).toBeVisible();
}

// asvs = "6.4.1"
test("a forgotten password is replaced through a mailed link, and the new one works", async ({ page, open, guard, portal }) => {
  guard.allow(/\b4\d\d\b/);
  await open("/inloggen");
  await askForLink(page, hr.email);
  const link = await portal.mailedLink(hr.email);
  // A mail program that looks at the link uses nothing up.
  expect((await page.request.get(link)).status()).toBe(200);

  await open(link);
  await expect(page).toHaveTitle(/Nieuw wachtwoord kiezen/);
  await expect(page.getByText(hr.email)).toBeVisible();
  const field = page.getByLabel("Nieuw wachtwoord");
  await expect(field).toHaveAttribute("autocomplete", "new-password");
  await field.fill("welkomwelkomwelkom");
  await page.getByRole("button", { name: "Wachtwoord opslaan" }).click();
  await hydrated(page);
  await expect(page.getByRole("alert").getByText(/makkelijk te raden/)).toBeVisible();
  await expect(page).toHaveTitle(/^Fout:/);
  await expect(field).toHaveValue("");

  await field.fill(fresh);
  const show = page.getByRole("button", { name: "Toon wachtwoord" });
  if (scriptsRun()) {
    await expect(field).toHaveAttribute("type", "password");
    await show.click();
    await expect(field).toHaveAttribute("type", "text");
    await expect(field).toHaveValue(fresh);
  } else {
    await expect(show).toBeHidden();
  }
  await page.getByRole("button", { name: "Wachtwoord opslaan" }).click();
  await expect(page.getByRole("banner").getByText(hr.name)).toBeVisible();
  await expect(page).toHaveURL("/");
  expect(await portal.mail(hr.email)).toContain("gewijzigd op 01-11-2026");

  await open(link);
  await expect(page.getByRole("heading", { level: 1, name: "Deze link werkt niet" })).toBeVisible();
  await page.getByRole("link", { name: "Nieuwe link aanvragen" }).click();
  await expect(page.getByRole("button", { name: "Stuur de e-mail" })).toBeVisible();

  await page.getByRole("button", { name: "Uitloggen" }).click();
  await hydrated(page);
  await typePassword(page, hr.email, hr.password);
  await expect(page.getByRole("alert")).toBeVisible();
  await typePassword(page, hr.email, fresh);
  await expect(page.getByRole("banner").getByText(hr.name)).toBeVisible();
});

test("whoever goes back to the page behind a link finds it as it was", async ({ page, open, portal, signIn }) => {
  await open("/inloggen");
  await askForLink(page, hr.email);
  const link = await portal.mailedLink(hr.email);
  await open(link);
  await page.getByRole("banner").getByRole("link").first().click();
  await expect(page.getByRole("heading", { level: 1, name: "Inloggen" })).toBeVisible();
  await page.goBack();
  await expect(page.getByLabel("Nieuw wachtwoord")).toBeVisible();

  // Signed in, the way on and back goes without loading a page.
  await signIn(hr);
  await open(link);
  await page.getByRole("banner").getByRole("link").first().click();
  await expect(page.getByRole("navigation").first().getByRole("link", { name: "Huidige deelnemers" })).toBeVisible();
  await page.goBack();
  await expect(page.getByLabel("Nieuw wachtwoord")).toBeVisible();
});

// asvs = "6.3.8"
test("an address that nobody has gets the same answer", async ({ page, open }) => {
  await open("/inloggen");
  await askForLink(page, "niemand@nergens.example");
  const unknown = await page.getByRole("main").innerText();
  await page.getByRole("link", { name: "Naar inloggen" }).click();
  await hydrated(page);
  await askForLink(page, hr.email);
  expect(await page.getByRole("main").innerText()).toBe(unknown);
});

test("what is no address is told at the field, and stays", async ({ page, open, guard }) => {
  guard.allow(/\b4\d\d\b/);
  await open("/wachtwoord-vergeten");
  await page.getByLabel("E-mailadres").fill("geen adres");
  await page.getByRole("button", { name: "Stuur de e-mail" }).click();
  await hydrated(page);
  await page.getByRole("alert").getByRole("link").click();
  await expect(page.getByLabel("E-mailadres")).toBeFocused();
  await expect(page.getByLabel("E-mailadres")).toHaveValue("geen adres");
});

test("whoever is blocked ends the block through a mailed link, and signs in with the known password", async ({
  page,
  open,
  guard,
  portal,
}) => {
  guard.allow(/\b4\d\d\b/);
  await open("/inloggen");
  for (let times = 1; times <= 5; times += 1) await typePassword(page, hr.email, `mis-${times}`);
  await expect(page.getByRole("alert").getByText(/link om te deblokkeren/)).toBeVisible();
  const link = await portal.mailedLink(hr.email);
  await open(link);
  await expect(page.getByRole("heading", { level: 1, name: "Account deblokkeren" })).toBeVisible();
  await page.getByRole("button", { name: "Deblokkeren" }).click();
  await hydrated(page);
  await expect(page.getByRole("status").getByText("Uw account is weer vrij")).toBeVisible();
  await typePassword(page, hr.email, hr.password);
  await expect(page.getByRole("banner").getByText(hr.name)).toBeVisible();
});

test("the owner of a new account chooses a password and is in", async ({ page, open, guard, portal }) => {
  guard.allow(/\b4\d\d\b/);
  const email = "nienke.nieuw@werkgever.example";
  const words = ["--name", "Nienke Nieuw", "--contract", "30001", "--role", "administratief", "--invite"];
  const added = await portal.command(["account", "add", "--email", email, ...words]);
  expect(added.status, added.output).toBe(0);
  const first = await portal.mailedLink(email);
  const invited = await portal.command(["account", "invite", email]);
  expect(invited.status, invited.output).toBe(0);
  const link = await portal.mailedLink(email);
  expect(link).not.toBe(first);

  await open(link);
  await expect(page).toHaveTitle(/Account activeren/);
  await page.getByLabel("Nieuw wachtwoord").fill("Nienke Nieuw Nienke");
  await page.getByRole("button", { name: "Account activeren" }).click();
  await hydrated(page);
  await expect(page.getByRole("alert").getByText(/die anderen van u kennen/)).toBeVisible();
  await page.getByLabel("Nieuw wachtwoord").fill(fresh);
  await page.getByRole("button", { name: "Account activeren" }).click();
  await expect(page.getByRole("banner").getByText("Nienke Nieuw")).toBeVisible();
  await open("/deelnemers?contract=30001");
  await expect(page.getByRole("heading", { level: 1, name: "Huidige deelnemers" })).toBeVisible();

  const again = await portal.command(["account", "invite", email]);
  expect(again.status).not.toBe(0);
  expect(again.output).toContain("has a password already");
});
