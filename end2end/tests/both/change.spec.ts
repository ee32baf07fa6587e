import type { Page } from "@playwright/test";

import { type Account, demoAccount } from "../../fixtures/people.ts";
import { expect, hydrated, test } from "../../fixtures/test.ts";

// What an employee changes by a mailed link, as on a phone, up to what the employer decides.
test.use({ contents: "demo", changesData: true, viewport: { width: 320, height: 720 } });

/** A main insured of the demonstration with two dependants. */
const employee = { name: "C.S.E. Aalbers", email: "235950402@deelnemer.example" };

/** Who sees the contract of another employer. */
const newEmployer: Account = {
  email: "salaris@collectief.example",
  name: "Sjoerd Adema",
  password: "Twee-contracten-2026",
  contracts: ["24177"],
  roles: "administratief",
};

async function press(page: Page, button: string): Promise<void> {
  await page.getByRole("main").getByRole("button", { name: button, exact: true }).click();
  await hydrated(page);
}

async function follow(page: Page, link: string): Promise<void> {
  await page.getByRole("main").getByRole("link", { name: link, exact: true }).click();
  await hydrated(page);
}

async function fill(page: Page, fields: Record<string, string>): Promise<void> {
  const main = page.getByRole("main");
  for (const [label, value] of Object.entries(fields)) await main.getByLabel(label, { exact: true }).fill(value);
}

async function asks(page: Page, title: string): Promise<void> {
  await expect(page.getByRole("heading", { level: 1, name: title, exact: true })).toBeVisible();
}

/** Asks for a link, and opens it. */
async function openLink(page: Page, open: (path: string) => Promise<void>, mailedLink: (to: string) => Promise<string>): Promise<string> {
  await open("/wijzigen");
  await fill(page, { Collectiviteitsnummer: "23595", "E-mailadres": employee.email });
  await press(page, "Mail mij een link");
  await asks(page, "Kijk in uw e-mail");
  const link = await mailedLink(employee.email);
  await open(link);
  await asks(page, "Wijzigingen doorgeven");
  await expect(page.getByRole("main").getByText(employee.name)).toBeVisible();
  return link;
}

test("an employee passes on an address, the employer approves, and it holds", async ({ page, open, portal, signIn, guard }) => {
  guard.allow(/\b422\b/);
  await openLink(page, open, (to) => portal.mailedLink(to));
  await follow(page, "Adres en bereikbaarheid");
  await fill(page, { Postcode: "12", Huisnummer: "8", Straat: "Beukenlaan", Plaats: "Lindeveld" });
  await press(page, "Versturen");
  await expect(page.getByRole("alert").getByRole("link").first()).toBeVisible();
  await expect(page.getByLabel("Straat", { exact: true })).toHaveValue("Beukenlaan");
  await fill(page, { Postcode: "7411 LD" });
  await press(page, "Versturen");
  await asks(page, "Uw verzoek wacht op de werkgever");
  await expect(page.getByRole("main").getByText("Beukenlaan 8")).toBeVisible();
  const request = new URL(page.url()).pathname;

  await signIn(demoAccount, "/valideren?naam=aalbers&soort=details");
  await page.getByRole("main").getByRole("link", { name: employee.name }).click();
  await hydrated(page);
  await expect(page.getByRole("heading", { level: 1, name: `${employee.name}: adres en bereikbaarheid per 01-11-2026` })).toBeVisible();
  await press(page, "Goedkeuren");
  await expect(page.getByRole("status").getByText(`Goedgekeurd: ${employee.name}.`)).toBeVisible();
  await follow(page, `Naar ${employee.name}`);
  await expect(page.getByRole("main").getByText("Beukenlaan 8")).toBeVisible();
  await expect(page.getByRole("main").getByText("Gegevens gewijzigd")).toBeVisible();

  await open(request);
  await asks(page, "Uw verzoek is verwerkt");
  // The same link leads on to the next change.
  await follow(page, "Iets wijzigen of doorgeven");
  await expect(page.getByRole("main").getByText("Beukenlaan 8")).toBeVisible();
});

test("who goes to another employer follows it, and both employers see it", async ({ page, open, portal, signIn, guard }) => {
  guard.allow(/\b4\d\d\b/);
  const link = await openLink(page, open, (to) => portal.mailedLink(to));
  await follow(page, "Naar een andere werkgever");
  await fill(page, { "Collectiviteitsnummer van de nieuwe werkgever": "99999", Ingangsdatum: "1-12-2026" });
  await press(page, "Versturen");
  await expect(page.getByRole("alert").getByRole("link").first()).toBeVisible();
  await fill(page, { "Collectiviteitsnummer van de nieuwe werkgever": "24177" });
  await press(page, "Versturen");
  await asks(page, "Uw verzoek wacht op de werkgever");
  await expect(page.getByRole("main").getByText(/heeft nog 60 dagen om te beslissen/)).toBeVisible();
  const request = new URL(page.url()).pathname;
  await open(link);
  await expect(page.getByRole("main").getByText(/Naar een andere werkgever per 01-12-2026, kenmerk/)).toBeVisible();

  await signIn(demoAccount, "/valideren?naam=aalbers&soort=move");
  await page.getByRole("main").getByRole("link", { name: employee.name }).click();
  await hydrated(page);
  await press(page, "Goedkeuren");
  await expect(page.getByRole("status").getByText(`Goedgekeurd: ${employee.name}.`)).toBeVisible();
  await follow(page, `Naar ${employee.name}`);
  await expect(page.getByRole("main").getByText("Naar een andere werkgever").first()).toBeVisible();
  await expect(page.getByRole("main").getByText("30-11-2026").first()).toBeVisible();

  await open(request);
  await asks(page, "Uw verzoek is verwerkt");
  await follow(page, "Iets wijzigen of doorgeven");
  await expect(page.getByRole("main").getByText(/24177 · /)).toBeVisible();

  // The new employer did nothing, is told, and can see how it came about.
  await page.context().clearCookies();
  await signIn(newEmployer, "/berichten?contract=24177");
  await expect(page.getByRole("main").getByText(`${employee.name} en 2 anderen komen per 01-12-2026 over van een andere werkgever`)).toBeVisible();
});

test("leaving names the family, can be withdrawn, and a stranger learns nothing", async ({ page, open, portal, guard }) => {
  guard.allow(/\b4\d\d\b/);
  await open("/wijzigen");
  await fill(page, { Collectiviteitsnummer: "23595", "E-mailadres": "niemand@deelnemer.example" });
  await press(page, "Mail mij een link");
  await asks(page, "Kijk in uw e-mail");
  await open("/wijzigen/onbekend");
  await asks(page, "Deze link werkt niet");
  await openLink(page, open, (to) => portal.mailedLink(to));
  await follow(page, "Stoppen met de collectieve verzekering");
  await expect(page.getByText(/Met u worden ook afgemeld: .+, .+\./)).toBeVisible();
  await page.getByLabel("Ik ga uit dienst").check();
  await fill(page, { "Einddatum (t/m)": "30-11-2026" });
  await press(page, "Versturen");
  await asks(page, "Uw verzoek wacht op de werkgever");
  await follow(page, "Verzoek intrekken");
  await press(page, "Ja, intrekken");
  await asks(page, "Uw verzoek is ingetrokken");
});

test("the pages of changes speak English", async ({ page, open, portal }) => {
  await open("/wijzigen");
  await page.getByRole("button", { name: "English" }).click();
  await hydrated(page);
  await asks(page, "Pass on changes");
  await fill(page, { "Contract number": "23595", "E-mail address": employee.email });
  await press(page, "Mail me a link");
  await open(await portal.mailedLink(employee.email));
  await follow(page, "Personnel number");
  await fill(page, { "Personnel number": "DL-77" });
  await press(page, "Send");
  await asks(page, "Your request waits for the employer");
});
